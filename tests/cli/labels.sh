. "$(dirname "$0")/lib.sh"

new_repo r
(
	cd "$repo" || exit
	lines reviews.csv id,text,sentiment,worker 1,good,pos,ana 2,bad,neg,ben \
		3,so,neutral,ana 4,fine,pos,ben 5,hm,,ana
	dsv track reviews.csv --key id --label sentiment >/dev/null
	dsv commit -q -m First
)
test_that 'counts and shares' 'run 0 dsv labels && out_is labels'
test_that '--by' 'run 0 dsv labels --by worker && out_is labels_by'
test_that '--json' 'run 0 dsv labels --json && out_is labels_json'
test_that '--where, and of a revision' '
	run 0 dsv labels --where worker=ana && out_has "3 of 5 records" &&
	sed -i "s/,pos,/,neg,/" reviews.csv && run 0 dsv labels HEAD &&
	out_is labels && git checkout -q reviews.csv
'
test_that 'names that are not there' '
	run 2 dsv labels --by workr && err_has worker &&
	run 3 dsv labels nosuch.csv -- && err_has nosuch ||
	run 2 dsv labels nosuch.csv
'
test_that 'a file without definition needs --label' '
	cp reviews.csv other.csv && git add other.csv &&
	run 2 dsv labels other.csv &&
	run 0 dsv labels other.csv --label sentiment && out_has "pos"
'
if have_tty; then
	test_that 'bars on a terminal' '
		in_tty 60 "dsv --no-pager labels reviews.csv" && out_has "####"
	'
else
	skip 'bars on a terminal' 'no script(1)'
fi
finish
