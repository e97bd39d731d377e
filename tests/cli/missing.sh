. "$(dirname "$0")/lib.sh"

# The content of an old version is not here, as in a clone of a part.
new_repo r
(
	cd "$repo" || exit
	snapshot One id,label 1,cat 2,dog
	ls .git/dsv/packs >"$work/old"
	git checkout -q -b side
	snapshot Side id,label 1,cat 2,fox
	git checkout -q main
	snapshot Two id,label 1,owl 2,dog
	mkdir "$work/kept"
	while read -r pack; do
		mv ".git/dsv/packs/$pack" "$work/kept"
	done <"$work/old"
	rm -rf .git/dsv/cache
)
brings='dsv fetch --data animals.csv'

test_that 'diff, labels and show fail, and name the command that brings it' '
	run 3 dsv diff HEAD~1 HEAD && err_has "is not here" &&
	err_has "$brings" && is_empty "$work/out" &&
	run 3 dsv labels HEAD~1 && err_has "$brings" && is_empty "$work/out" &&
	run 3 dsv show HEAD~1:animals.csv:1 && err_has "$brings" &&
	is_empty "$work/out"
'
test_that 'diff --json has no summary, which is what says that it is whole' '
	run 3 dsv diff --json HEAD~1 HEAD && err_has "$brings" &&
	out_lacks "\"summary\""
'
test_that 'blame and changelog say that they are not complete' '
	run 1 dsv blame animals.csv && err_has "passed over" &&
	err_has "$brings" && run 1 dsv changelog && err_has "not complete" &&
	out_has "animals.csv cannot be read: " && out_has "next: $brings" &&
	run 1 dsv changelog --md && out_has "\`$(git rev-parse HEAD~1 |
		cut -c1-7)\` Team Lead A: animals.csv cannot be read: " &&
	out_has "; next: $brings" && run 1 dsv changelog --json &&
	out_has "\"hint\":\"$brings\""
'
test_that 'where nothing can be told they fail' '
	run 3 dsv blame HEAD~1 animals.csv && err_has "$brings" &&
	is_empty "$work/out" && run 3 dsv changelog HEAD~1 &&
	err_has "no version in this range can be read" && err_has "$brings" &&
	run 3 dsv changelog HEAD~1 --json && out_has "\"complete\":false"
'
test_that 'merge joins nothing by guess: the file is a conflict as a whole' '
	run 4 dsv merge side && run 4 dsv conflicts && out_has "$brings" &&
	lines want id,label 1,owl 2,dog && cmp want animals.csv && rm want &&
	run 0 dsv merge --abort
'
test_that 'apply to what is not here leaves it as it is' '
	git show HEAD~1:animals.csv >animals.csv && cp animals.csv "$work/was" &&
	lines "$work/d.csv" id,label 1,bee &&
	run 3 dsv apply "$work/d.csv" --to animals.csv && err_has "$brings" &&
	cmp animals.csv "$work/was" && git checkout -q animals.csv
'
test_that 'with the content all is as it was' '
	mv "$work"/kept/* .git/dsv/packs/ && run 0 dsv diff --stat HEAD~1 HEAD &&
	run 0 dsv blame animals.csv && run 0 dsv changelog
'
finish
