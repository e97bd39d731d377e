# docs/tutorial.md shows what really happens: played and compared.
. "$(dirname "$0")/lib.sh"

page=$top/docs/tutorial.md
mkdir "$work/played"
(cd "$work/played" && sh "$top/tests/docs/console.sh" "$page") \
	>"$work/tutorial.md"
if [ "${GOLDEN-}" ]; then
	cp "$work/tutorial.md" "$page"
fi

repo=$work
test_that 'the answers in the tutorial are those that dsv gives' '
	[ "$(grep -c "^\\$ " tutorial.md)" -gt 40 ] &&
	diff -u "$page" tutorial.md
'
test_that 'its clone has the data' '
	cmp played/reviews/reviews.csv played/copy/reviews.csv
'
repo=$work/played/reviews
finish
