# The commands of docs/tutorial.md do what it says, from the first to the last.
. "$(dirname "$0")/lib.sh"

# Each typed line with what continues it, as one script.
sed -n '/^```console$/,/^```$/p' "$top/docs/tutorial.md" |
	sed -n -e 's/^\$ //p' -e 's/^> //p' -e 's/^>$//p' >"$work/script"
{ echo 'set -ex'; cat "$work/script"; } >"$work/run"

repo=$work
test_that 'every command of the tutorial succeeds' '
	[ "$(wc -l <script)" -gt 40 ] && sh ./run
'
test_that 'its clone has the data' '
	cmp reviews/reviews.csv copy/reviews.csv
'
repo=$work/reviews
finish
