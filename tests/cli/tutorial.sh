# docs/tutorial.md shows what really happens: played and compared.
. "$(dirname "$0")/lib.sh"

page=$top/docs/tutorial.md
mkdir -p "$work/played" "$HOME/.ssh"
# the keys of the page's two people: what is signed is the same every time
cp "$top"/tests/docs/keys/* "$HOME/.ssh/"
chmod 600 "$HOME/.ssh/ana" "$HOME/.ssh/bea"
export DSV_NOW=1738573200
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
