. "$(dirname "$0")/lib.sh"

new_repo r
(
	cd "$repo" || exit
	mkdir guidelines
	lines guidelines/mood.md --- 'id: mood' 'version: 1.0.0' \
		'status: active' --- '# Mood' '' '| label | definition |' \
		'|---|---|' '| pos | glad |' '| neg | sad |'
	lines reviews.csv id,text,label '1,"good, or so",pos' 2,bad,neg \
		3,so,pos 4,fine,pos
	dsv track reviews.csv --key id --label label --guideline mood >/dev/null
	git add guidelines && dsv commit -q -m First
	lines fixes.csv id,label 2,pos 3,pos 4,neg
	lines faults.csv id,label,txt 2,pos,x 9,pos,x 2,neg,x ,pos,x 3,nag,x 4
)
test_that '--dry-run shows the diff and writes nothing' '
	run 0 dsv apply fixes.csv --to reviews.csv --dry-run &&
	out_is apply_dry_run && git diff --exit-code &&
	test -z "$(ls .git/dsv/tmp 2>/dev/null)"
'
test_that '--dry-run --json' '
	run 0 dsv apply fixes.csv --to reviews.csv --dry-run --json &&
	out_is apply_dry_run_json
'
test_that 'all faults at once, and nothing applied' '
	run 1 dsv apply faults.csv --to reviews.csv && out_is apply_faults &&
	silent_err && git diff --exit-code
'
test_that 'faults in JSON' '
	run 1 dsv apply faults.csv --to reviews.csv --json &&
	out_is apply_faults_json
'
test_that 'given fields change, all else stays' '
	run 0 dsv apply fixes.csv --to reviews.csv &&
	out_has "reviews.csv: 2 updated (2 relabelled), 1 unchanged" &&
	lines want id,text,label "1,\"good, or so\",pos" 2,bad,pos 3,so,pos \
		4,fine,neg &&
	diff -u want reviews.csv && rm want
'
test_that 'the same again changes nothing' '
	run 0 dsv apply fixes.csv --to reviews.csv && out_has "3 unchanged" &&
	out_lacks updated
'
test_that 'from standard input, with a new record' '
	printf "{\"id\":5,\"label\":\"neg\"}\n" >new &&
	run 1 dsv apply - --format jsonl --to reviews.csv <new &&
	out_has "-:1: key '\''5'\'' is not in '\''reviews.csv'\''" &&
	run 0 dsv apply - --format jsonl --to reviews.csv --insert <new &&
	out_has "1 inserted" && [ "$(tail -n 1 reviews.csv)" = 5,,neg ] &&
	rm new
'
test_that 'a deletion list' '
	lines gone.csv id 5 1 &&
	run 0 dsv apply gone.csv --to reviews.csv --delete &&
	out_has "2 deleted" && [ "$(wc -l <reviews.csv)" -eq 4 ] &&
	run 1 dsv apply gone.csv --to reviews.csv --delete &&
	out_has "2 faults, nothing applied"
'
test_that 'from a folder below, and a file without definition' '
	mkdir -p sub && lines sub/x.tsv "k	v" "a	1" && cd sub &&
	lines y.csv k,v a,2 && run 2 dsv apply y.csv --to x.tsv &&
	err_has --key && run 0 dsv apply y.csv --to x.tsv --key k -q &&
	silent && [ "$(tail -n 1 x.tsv)" = "a	2" ]
'
test_that 'wrong usage' '
	run 2 dsv apply fixes.csv && err_has --to &&
	run 2 dsv apply - --to reviews.csv && err_has --format &&
	run 2 dsv apply fixes.csv --to reviews.csv --insert --delete &&
	run 2 dsv apply guidelines/mood.md --to reviews.csv &&
	err_has --format && run 3 dsv apply nosuch.csv --to reviews.csv &&
	run 3 dsv apply fixes.csv --to nosuch.csv && err_has nosuch.csv
'
finish
