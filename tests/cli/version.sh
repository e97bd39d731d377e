. "$(dirname "$0")/lib.sh"

new_repo r
release=$(sed -n 's/^.define DSV_RELEASE "\(.*\)"/\1/p' \
	"$top/include/dsv/release.h")
test_that 'the version and the libraries' '
	run 0 dsv version && out_has "dsv $release" && out_has libgit2 &&
	out_has zstd && cp "$work/out" plain && run 0 dsv --version &&
	cmp plain "$work/out" && rm plain
'
test_that '--json' '
	run 0 dsv version --json && out_has "\"dsv\":\"$release\""
'
finish
