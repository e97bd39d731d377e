. "$(dirname "$0")/lib.sh"

new_repo r
(
	cd "$repo" || exit
	lines reviews.csv id,text,sentiment 1,good,pos 2,bad,neg 3,so,neutral \
		4,fine,pos
	dsv track reviews.csv --key id --label sentiment >/dev/null
)

test_that 'the first commit tells the shares of the labels' '
	run 0 dsv commit -m "First labels" && out_is commit_first &&
	git log -1 --format=%B >message && same_as golden/commit_message message
'

test_that 'a later one tells what changed' '
	tick && sed -i "s/^3,so,neutral/3,so,neg/" reviews.csv &&
	run 0 dsv commit -am "Sarcasm is negative" && out_is commit_second &&
	git log -1 --format=%B >message && has message "~1 relabelled 1"
'

test_that 'nothing to commit is no' '
	run 1 dsv commit -m "again" && err_has "nothing" &&
	run 0 dsv commit -q --allow-empty -m "Empty" && silent
'

test_that 'a message without text is refused' '
	echo 5,x,pos >>reviews.csv &&
	run 1 dsv commit -am "" &&
	git diff --cached --quiet HEAD~0 || true
'

test_that '--author and --date are those of git' '
	run 0 dsv commit -am "Delivery" --author "Acme <acme@example.org>" \
		--date 2025-03-03T10:00:00+0100 &&
	git log -1 --format="%an %ae %aI" >who &&
	has who "Acme acme@example.org 2025-03-03T10:00:00+01:00"
'

test_that '--amend replaces the last commit and its trailers' '
	before=$(git rev-parse HEAD~1) && echo 6,y,neg >>reviews.csv &&
	run 0 dsv commit -a --amend --no-edit &&
	[ "$(git rev-parse HEAD~1)" = "$before" ] &&
	git log -1 --format=%B >message && has message "Delivery" &&
	has message "Dsv-Change: reviews +2" &&
	[ "$(grep -c Dsv-Change message)" -eq 1 ]
'

test_that '--guideline asserts what is committed' '
	run 2 dsv commit --allow-empty -m x --guideline sentiment &&
	mkdir -p guidelines && printf "%s\n" --- "id: sentiment" \
		"version: 2.1.0" "status: active" --- >guidelines/sentiment.md &&
	dsv add -q guidelines && run 2 dsv commit -m x --guideline sentiment &&
	err_has "guideline: sentiment" &&
	dsv track reviews.csv --key id --label sentiment \
		--guideline sentiment >/dev/null &&
	run 2 dsv commit -m x --guideline sentiment@2.0.0 &&
	err_has "2.1.0" &&
	run 0 dsv commit -m "Under a guideline" --guideline sentiment@2.1.0 &&
	git log -1 --format=%B >message &&
	has message "Dsv-Guideline: sentiment@2.1.0 sha256:"
'

test_that 'the editor is asked where no message is given' '
	echo 7,z,pos >>reviews.csv && lines editor "#!/bin/sh" \
		"echo From the editor >\"\$1\"" && chmod +x editor &&
	GIT_EDITOR=./editor run 0 dsv commit -a &&
	git log -1 --format=%s >subject && has subject "From the editor"
'

test_that 'plain git commit writes the same trailers' '
	tick && sed -i "s/^1,good,pos/1,good,neg/" reviews.csv &&
	git commit -qam "By git" && git log -1 --format=%B >message &&
	has message "Dsv-Change: reviews +0 -0 ~1 relabelled 1" &&
	dsv show --id --dataset reviews >text &&
	sum=$(sha256sum <text) &&
	has message "Dsv-Snapshot: reviews sha256:${sum%% *}"
'

# A record of 96 MB keeps its chunks together. RLIMIT_DATA counts memory, not
# mapped files; sanitizers need more of it than there is.
claim='a record of any length is counted in bounded memory'
if (ulimit -d 98304 && dsv version) >/dev/null 2>&1; then
	new_repo long
	test_that "$claim" '
		(echo id,text && printf "1,\"" && head -c 96000000 /dev/zero |
			tr "\0" x && echo "\"") >t.csv &&
		run 0 dsv track t.csv --key id &&
		run 0 dsv add . && rm -rf .git/dsv/cache && ulimit -d 98304 &&
		run 0 dsv commit -m Long && echo 2,b >>t.csv &&
		run 0 dsv add . && run 0 dsv commit -m Longer &&
		rm -rf .git/dsv/cache && run 0 dsv diff HEAD~1 HEAD &&
		out_has "t.csv:2  added" && rm -rf .git/dsv/cache &&
		run 0 dsv show --summary HEAD~1
	'
else
	skip "$claim" "no memory limit can be set here"
fi
test_that 'what comes from or goes to null is not told as relabelled' '
	lines null.csv id,label 1,cat 2, 3,dog &&
	dsv track null.csv --key id --label label >/dev/null &&
	dsv commit -qm null && lines null.csv id,label 1,fox 2,cat 3, &&
	run 0 dsv commit -am x && out_has "~3  relabelled 1 (cat -> fox 1)"
'
test_that 'with -a a definition that cannot be read stages nothing' '
	echo nosuch: 1 >>.dsv/datasets.yaml && run 3 dsv commit -am x &&
	err_has .dsv/datasets.yaml: && git diff --cached --quiet &&
	git checkout -q .dsv/datasets.yaml
'
finish
