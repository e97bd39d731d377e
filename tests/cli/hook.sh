. "$(dirname "$0")/lib.sh"

new_repo r
(cd "$repo" && snapshot First "id,label" "1,cat" "2,dog")

test_that 'pre-commit refuses raw data at a filtered path' '
	echo 3,owl >>animals.csv &&
	git -c filter.dsv.process= -c filter.dsv.clean=cat \
		-c filter.dsv.required=false add animals.csv &&
	run 1 git commit -qm Raw && err_has "animals.csv" &&
	err_has "dsv add --renormalize" && run 1 dsv commit -m Raw &&
	run 0 dsv add --renormalize animals.csv &&
	run 0 git commit -qm Mended
'
test_that 'prepare-commit-msg replaces what stands there' '
	echo 4,ant >>animals.csv && git add animals.csv &&
	git commit -qm "Text" -m "Dsv-Change: animals +99" &&
	git log -1 --format=%B >message && lacks message "+99" &&
	has message "Dsv-Change: animals +1"
'
test_that 'a message without text stays as it is' '
	printf "\n# comment\n" >message && cp message kept &&
	run 0 dsv hook run prepare-commit-msg message && cmp message kept
'
test_that 'git commit --amend compares with the parent' '
	echo 5,bee >>animals.csv && git add animals.csv &&
	git commit -q --amend --no-edit &&
	git log -1 --format=%B >message && has message "Dsv-Change: animals +2" &&
	[ "$(grep -c Dsv-Change message)" -eq 1 ]
'
test_that 'git commit FILE computes from the index that git hands it' '
	lines other.csv id,label 1,x &&
	dsv track other.csv --key id --label label >/dev/null &&
	echo 6,elk >>animals.csv && git commit -q -m Only animals.csv &&
	git log -1 --format=%B >message && has message "Dsv-Change: animals +1" &&
	lacks message "Dsv-Change: other"
'
test_that 'no hook of that name is wrong usage' '
	run 2 dsv hook run nonsense && run 2 dsv hook run
'
finish
