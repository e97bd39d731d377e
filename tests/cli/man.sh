. "$(dirname "$0")/lib.sh"

repo=$top/docs/man

# The synopsis of a page as plain text.
synopsis_of()
{
	sed -n '/^\.SH SYNOPSIS/,/^\.SH DESC/p' "$1" |
		sed -e '/^\./d' -e 's/\\-/-/g' -e 's/\\&//g'
}
# The long names of the options that a page tells of.
options_of()
{
	sed -n '/^\.SH OPTIONS/,/^\.SH E/p' "$1" | sed -e '/^\.B /!d' \
		-e 's/\\-/-/g' | grep -o -e '--[a-z-]*' | sort -u
}
same_synopsis()
{
	page=$1
	shift
	synopsis_of "$page" >"$work/have" &&
		dsv help --synopsis "$@" >"$work/want" &&
		diff -u "$work/want" "$work/have"
}
same_options()
{
	page=$1
	shift
	options_of "$page" >"$work/have"
	dsv help --options "$@" | cut -f1 | grep -o -e '--[a-z-]*' |
		sort -u >"$work/want"
	diff -u "$work/want" "$work/have"
}

# A command that is made of commands has one page for all of them.
dsv help --synopsis >"$work/all" || exit 3
grep -v " " "$work/all" >"$work/names"
while read -r name; do
	page=dsv-$name.1
	test_that "$page has the synopsis of the table" \
		"same_synopsis $page $name"
	test_that "$page tells of every option and of no other" \
		"same_options $page $name"
done <"$work/names"

test_that 'dsv.1 names every command' '
	sed "s/\\\\-/-/g" dsv.1 >"$work/page" &&
	while read -r name; do
		has "$work/page" "dsv-$name (1)" || exit 1
	done <"$work/names"
'
test_that 'no page is left over' '
	for page in dsv-*.1; do
		name=$(basename "$page" .1)
		grep -qx "${name#dsv-}" "$work/names" || exit 1
	done
'
if command -v mandoc >/dev/null; then
	test_that 'mandoc finds nothing to say' '
		run 0 mandoc -Tlint -W warning *.1
	'
else
	skip 'mandoc finds nothing to say' 'no mandoc'
fi
new_repo r
finish
