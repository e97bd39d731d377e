. "$(dirname "$0")/lib.sh"

new_repo r
mkdir "$repo/guidelines"
guideline()
{
	lines guidelines/animals.md --- "id: animals" "version: $1" \
		"status: active" --- "# Animals" "$2"
}
(
	cd "$repo" || exit
	guideline 1.0.0 "Look at it."
	snapshot "First" "id,label" "1,cat" "2,dog" "3,cat" "4,"
	sed -i 's/labels: \[label\]/&\n    guideline: animals/' \
		.dsv/datasets.yaml
	git tag v1
	tick
	dsv add -q guidelines .dsv
	snapshot "Foxes" "id,label" "1,cat" "2,fox" "3,cat" "4,cat" "5,owl"
	tick
	guideline 1.1.0 "Look twice."
	dsv add -q guidelines
	snapshot "Guideline" "id,label" "1,cat" "2,fox" "3,cat" "4,cat" "5,Owl" "6,owl"
	git tag v2
	tick
	snapshot "Renamed" "id,label,note" "1,feline,x" "2,fox," "3,feline," \
		"4,feline," "5,Owl," "6,owl,"
)

test_that 'each step and the whole range, per label' '
	run 0 dsv changelog && out_is changelog && is_empty "$work/err"
'
test_that '--md is fit for release notes' '
	run 0 dsv changelog --md v1..HEAD && out_is changelog_md
'
test_that '--json' 'run 0 dsv changelog --json v1.. && out_is changelog_json'
test_that '--by tag: up to each tag, then what is not released' '
	run 0 dsv changelog --by tag && out_is changelog_tag &&
	run 0 dsv changelog --by=tag --md && out_has "## unreleased, 2025-" &&
	out_has "## v2, 2025-" && out_has "### animals: 4 to 6 records"
'
test_that '--by week goes by ISO weeks' '
	run 0 dsv changelog --by week && out_has "2025-W06  2025-02-03"
'
test_that 'a range counts what stood there before it' '
	run 0 dsv changelog v2..HEAD && out_has "records    6 -> 6" &&
	out_has "Label renamed: cat to feline, 3 records" && out_lacks Foxes
'
test_that '--where keeps records on either side of a step' '
	run 0 dsv changelog --where label=owl && out_has Guideline &&
	out_has Foxes && out_lacks First && out_lacks Renamed.x &&
	run 2 dsv changelog --where labl=owl && err_has "labl" &&
	err_has "did you mean"
'
test_that 'a merge is one step and names who made what it brought' '
	git switch -q -c side HEAD~1 && tick &&
	lines animals.csv "id,label" "1,cat" "2,fox" "3,cat" "4,cat" "5,Owl" \
		"6,owl" "7,emu" &&
	GIT_AUTHOR_NAME="Side B" dsv commit -q -a -m Emu &&
	git switch -q main && git merge -q --no-edit -s ours side &&
	lines animals.csv "id,label,note" "1,feline,x" "2,fox," "3,feline," \
		"4,feline," "5,Owl," "6,owl," "7,emu," &&
	dsv commit -q -a --amend -m "Merge side" &&
	run 0 dsv changelog HEAD~1.. && out_has "2 commits by Side B" &&
	out_has "New label: emu"
'
test_that 'a version that cannot be read is named, the rest goes on' '
	git checkout -q -b damaged && lines bad "dsv-pointer 1" broken &&
	git update-index --cacheinfo \
		"100644,$(git hash-object -w bad),animals.csv" && rm bad &&
	git commit -q -n -m Broken && git checkout -q HEAD~1 -- animals.csv &&
	lines animals.csv "id,label,note" "1,feline,x" "2,fox," "3,feline," \
		"4,feline," "5,Owl," "6,owl," "7,yak," &&
	dsv commit -q -a -m Mended && run 1 dsv changelog main.. &&
	out_has "animals.csv cannot be read" && out_has "emu -> yak" &&
	out_has "records    7 -> 7" && err_has "not complete" &&
	run 1 dsv changelog --json main.. && out_has "\"complete\":false" &&
	git checkout -q -f main && git branch -q -D damaged &&
	git reflog expire --expire=now --all
'
test_that 'an empty range says so' '
	run 0 dsv changelog HEAD..HEAD && is_empty "$work/out" &&
	err_has "no commit in this range"
'
git init -q "$work/plain"
(
	cd "$work/plain" || exit
	lines a.csv id,label 1,cat 2,dog && git add . && git commit -qm One
	tick
	lines a.csv id,label 1,dog 2,dog && git commit -qam Two
	tick
	git mv a.csv b.csv && lines b.csv id,label 1,dog 2,dog 3,eel &&
		git commit -qam Three
	tick
	lines b.csv id,label 1,dog '2,"dog' && git commit -qam Quote
)
test_that 'plain blobs in any git repository, followed through renames' '
	cd "$work/plain" && run 0 dsv changelog --key id --label label -- b.csv &&
	out_has "relabelled 1 (cat -> dog 1)" && out_has "New label: eel" &&
	out_has "broken quoting" && [ ! -e .git/dsv/packs ]
'
test_that 'a key that no version has is wrong usage' '
	cd "$work/plain" && run 2 dsv changelog --key idd -- b.csv &&
	err_has "did you mean" &&
	run 2 dsv changelog --key id --label lable -- b.csv &&
	err_has "did you mean"
'
test_that 'a shallow clone is said' '
	git clone -q --depth 2 "file://$work/plain" ../shallow &&
	run 0 dsv -C ../shallow changelog --json --key id -- b.csv &&
	out_has "\"shallow\":true" && err_has "shallow clone" &&
	out_has "\"steps\":1,"
'
test_that 'without a name there is a hint' '
	cd "$work/plain" && run 0 dsv changelog && err_has "changelog --key COL"
'
finish
