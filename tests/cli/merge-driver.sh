. "$(dirname "$0")/lib.sh"

# The merge driver under git's own commands; dsv conflicts and resolve have
# files of their own.

# version BRANCH MESSAGE LINE...: a version on a branch.
version()
{
	git switch -q "$1" && shift && snapshot "$@"
}
stages()
{
	git ls-files -u -- "${2-animals.csv}" >"$work/stages"
	[ "$(wc -l <"$work/stages")" -eq "$1" ] && rm "$work/stages"
}
holds()
{
	lines "$work/want" "$@" && diff -u "$work/want" animals.csv
}

new_repo r
(
	cd "$repo" || exit
	snapshot First "id,label" "1,cat" "2,dog" "3,owl"
	git branch other && git branch clash
	tick
	version other Other "id,label" "1,cat" "2,dog" "3,fox" "4,ant"
	version clash Clash "id,label" "1,cow" "2,dog" "3,owl"
	git switch -q main
	tick
	snapshot Ours "id,label" "1,bat" "2,dog" "3,owl"
)
test_that 'git merge joins records of both sides' '
	run 0 git merge -q --no-edit other &&
	holds "id,label" "1,bat" "2,dog" "3,fox" "4,ant" &&
	git cat-file blob HEAD:animals.csv >"$work/blob" &&
	has "$work/blob" "dsv-pointer 1" && run 0 git status --porcelain &&
	is_empty "$work/out" && git reset -q --hard HEAD~1
'
test_that 'a side that did not change takes the other' '
	git switch -q -c note main~1 && echo note >notes.txt &&
	dsv add -q . && dsv commit -q -m Notes &&
	run 0 git merge -q --no-edit other &&
	holds "id,label" "1,cat" "2,dog" "3,fox" "4,ant" &&
	git switch -q main
'
test_that 'git cherry-pick and git rebase join records' '
	git switch -q -c picked main && run 0 git cherry-pick other &&
	holds "id,label" "1,bat" "2,dog" "3,fox" "4,ant" &&
	git switch -q -c rebased other && run 0 git rebase -q main &&
	holds "id,label" "1,bat" "2,dog" "3,fox" "4,ant" &&
	git switch -q main
'
test_that 'git stash pop joins records' '
	lines animals.csv "id,label" "1,bat" "2,dog" "3,elk" &&
	run 0 git stash -q && snapshot More "id,label" "1,bat" "2,pig" "3,owl" &&
	run 0 git stash pop -q && holds "id,label" "1,bat" "2,pig" "3,elk" &&
	git reset -q --hard HEAD~1
'
test_that 'one field with two values is a conflict that names dsv conflicts' '
	run 1 git merge --no-edit clash &&
	cat "$work/out" "$work/err" >"$work/both" &&
	has "$work/both" "animals.csv: 1 record in conflict: dsv conflicts" &&
	holds "id,label" "1,bat" "2,dog" "3,owl" && stages 3
'
test_that 'status names it, and it cannot be committed' '
	run 0 dsv status && out_has "animals.csv" &&
	run 1 dsv commit -m Over && err_has animals.csv &&
	run 128 git commit -qm Over && stages 3
'
test_that 'a third content is not added, nor ours unseen' '
	run 1 git commit -qam Over && stages 3 &&
	echo "9,elk" >>animals.csv && run 128 git add animals.csv &&
	err_has "open conflicts" && stages 3 &&
	run 128 git commit -qam Over && stages 3 &&
	run 0 git status --porcelain && run 0 git diff --stat &&
	git checkout -q --ours animals.csv
'
test_that 'git merge-tree leaves what is open as it is' '
	cp -r .git/dsv/conflicts "$work/before" &&
	run 0 git merge-tree --write-tree main other &&
	run 1 git merge-tree --write-tree main clash &&
	diff -r "$work/before" .git/dsv/conflicts && stages 3
'
test_that 'a side that was added is a resolution' '
	git checkout -q --theirs animals.csv &&
	run 0 git commit -qam "Take theirs" && git reset -q --hard HEAD~1 &&
	run 1 git merge --no-edit clash && git add animals.csv &&
	run 0 git commit -qm "Take ours" && git reset -q --hard HEAD~1
'
test_that 'a merge that is given up leaves nothing behind' '
	run 1 git merge --no-edit clash && git merge --abort &&
	run 0 dsv status && echo 4,ant >>animals.csv &&
	run 0 git commit -qam After && git reset -q --hard HEAD~1 &&
	run 1 git merge-tree --write-tree main clash &&
	echo 4,ant >>animals.csv && run 0 git commit -qam After &&
	git reset -q --hard HEAD~1
'
test_that 'a rebase stops, and goes on behind a resolution' '
	git switch -q -c moving clash && run 1 git rebase main && stages 3 &&
	holds "id,label" "1,bat" "2,dog" "3,owl" &&
	git checkout -q --theirs animals.csv && git add animals.csv &&
	GIT_EDITOR=true run 0 git rebase --continue &&
	holds "id,label" "1,cow" "2,dog" "3,owl" && git switch -q main
'
test_that 'a criss-cross merge' '
	git branch x main~1 && git branch y main~1 &&
	version x X "id,label" "1,cat" "2,xxx" "3,owl" && x=$(git rev-parse x) &&
	version y Y "id,label" "1,cat" "2,dog" "3,yyy" && y=$(git rev-parse y) &&
	run 0 git merge -q --no-edit "$x" && git switch -q x &&
	run 0 git merge -q --no-edit "$y" &&
	snapshot X2 "id,label" "1,cat" "2,xxx" "3,yyy" "7,x" &&
	version y Y2 "id,label" "1,yak" "2,xxx" "3,yyy" &&
	run 0 git merge -q --no-edit x &&
	holds "id,label" "1,yak" "2,xxx" "3,yyy" "7,x" && git switch -q main
'
test_that 'a linked work tree has its own conflicts' '
	git worktree add -q ../linked clash && (
		cd ../linked && run 1 git merge --no-edit main && stages 3 &&
		holds "id,label" "1,cow" "2,dog" "3,owl" &&
		echo "9,elk" >>animals.csv && run 128 git add animals.csv &&
		git checkout -q --ours animals.csv
	) && run 0 git status --porcelain && is_empty "$work/out" &&
	git -C ../linked merge --abort &&
	git worktree remove ../linked
'
test_that 'both added the same file' '
	git switch -q -c one main && lines new.csv "id,label" "1,a" "2,b" &&
	dsv track new.csv --name new --key id --label label >/dev/null &&
	dsv commit -q -a -m One && git switch -q -c two main &&
	lines new.csv "id,label" "2,b" "3,c" &&
	dsv track new.csv --name new --key id --label label >/dev/null &&
	dsv commit -q -a -m Two && git switch -q one &&
	run 0 git merge -q --no-edit two && cat new.csv >"$work/got" &&
	lines "$work/want" "id,label" "1,a" "2,b" "3,c" &&
	diff -u "$work/want" "$work/got" && git switch -q main
'

# Commits from before `track`: the base and one side are plain blobs.
repo=$work/raw
git init -q "$repo"
(
	cd "$repo" || exit
	lines animals.csv "id,label" "1,cat" "2,dog" "3,owl"
	git add . && git commit -qm First && git branch plain
	git switch -q plain && lines animals.csv "id,label" "1,cat" "2,dog" "3,fox"
	git commit -qam Plain && git switch -q main && dsv init >/dev/null
	dsv track animals.csv --key id --label label >/dev/null
	lines animals.csv "id,label" "1,bat" "2,dog" "3,owl"
	dsv commit -q -a -m Track
)
test_that 'plain blobs and pointers are merged' '
	run 0 git merge -q --no-edit plain &&
	holds "id,label" "1,bat" "2,dog" "3,fox" &&
	git cat-file blob HEAD:animals.csv >"$work/blob" &&
	has "$work/blob" "dsv-pointer 1"
'
finish
