# The real git in a dsv repository.
. "$(dirname "$0")/lib.sh"

new_repo r
(
	cd "$repo" || exit
	snapshot First "id,label" "1,cat" "2,dog" "3,owl"
	git tag v1
	tick
	snapshot Second "id,label" "1,cat" "2,fox" "3,owl"
)
# clean_tree: git and dsv both say that nothing changed
clean_tree()
{
	git status --porcelain >"$work/porcelain" &&
		is_empty "$work/porcelain" && dsv status >"$work/porcelain" &&
		has "$work/porcelain" "is clean"
}

test_that 'add, commit, checkout, status' '
	echo 4,ant >>animals.csv && git add animals.csv &&
	git commit -qm Third && clean_tree && git checkout -q v1 &&
	lines ../v1 "id,label" "1,cat" "2,dog" "3,owl" &&
	cmp ../v1 animals.csv && clean_tree && git checkout -q main &&
	clean_tree && has animals.csv ant
'
test_that 'stash puts a change away and brings it back' '
	echo 5,elk >>animals.csv && cp animals.csv ../stashed &&
	git stash -q && lacks animals.csv elk && clean_tree &&
	git stash pop -q && cmp ../stashed animals.csv &&
	git checkout -q animals.csv
'
test_that 'rebase replays changes of other files over data' '
	git switch -q -c notes v1 && echo note >notes.txt &&
	git add notes.txt && git commit -qm Notes &&
	git rebase -q main && has animals.csv ant && clean_tree &&
	git switch -q main && git branch -qD notes
'
test_that 'rebase of two changes of one file stops, and can be given up' '
	git switch -q -c other v1 && sed -i "s|^2,.*|2,yak|" animals.csv &&
	git commit -qam Other && run 1 git rebase main &&
	run 0 dsv status && out_has "git rebase --continue" &&
	lacks animals.csv "<<<<<<<" && git rebase --abort && has animals.csv yak &&
	clean_tree && git switch -q main && git branch -qD other
'
test_that 'cherry-pick, revert and reset' '
	git revert --no-edit HEAD >/dev/null && lacks animals.csv ant &&
	clean_tree && git reset -q --hard HEAD~1 && has animals.csv ant &&
	git switch -q -c picked v1 && git cherry-pick main~1 >/dev/null &&
	has animals.csv fox && clean_tree && git switch -q main &&
	git branch -qD picked
'
test_that 'a linked worktree shares the store' '
	git worktree add -q ../linked v1 && cmp ../v1 ../linked/animals.csv &&
	cd ../linked && clean_tree && echo 7,cow >>animals.csv &&
	dsv commit -qam "In the linked one" && clean_tree && cd "$repo" &&
	[ ! -e ../linked/.git/dsv ] && git worktree remove ../linked
'
test_that 'clone, then the chunks beside it' '
	git clone -q . ../clone && cd ../clone &&
	has animals.csv dsv-pointer && cp -r "$repo/.git/dsv" .git/dsv &&
	dsv init >/dev/null && cmp animals.csv "$repo/animals.csv" && clean_tree
'
test_that 'gc and fsck --strict of git find nothing' '
	git gc -q --prune=now && git fsck --strict >../fsck 2>&1 &&
	! grep -v -e "^dangling" -e "^Checking" ../fsck && clean_tree
'
test_that 'commit -a, rm and mv' '
	mkdir more && lines more/a.csv id,label 1,x &&
	dsv track "more/*.csv" --name more --key id --label label >/dev/null &&
	git commit -qm More && git mv more/a.csv more/b.csv &&
	git commit -qm Moved && clean_tree &&
	git rm -q more/b.csv && git commit -qm Gone && clean_tree &&
	git reset -q --hard HEAD~3 && clean_tree
'
test_that 'archive and diff --stat see pointers, grep does not fail' '
	git archive HEAD | tar -xO animals.csv >../archived &&
	cmp ../archived animals.csv && git diff --stat v1 HEAD >/dev/null
'
test_that 'what git stores is small' '
	seq 1 100000 | sed "s/\$/,some text that is much the same/" >big.csv &&
	dsv track big.csv --yes >/dev/null 2>&1; git add . &&
	git commit -qm Big && size=$(git cat-file -s HEAD:big.csv) &&
	[ "$size" -lt 200 ]
'
test_that 'a change in place with the same size and time is seen later' '
	git checkout -q v1 && sed -i "s/dog/hen/" animals.csv &&
	! git diff --quiet && git checkout -q animals.csv &&
	git checkout -q main
'
finish
