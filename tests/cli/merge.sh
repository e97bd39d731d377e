. "$(dirname "$0")/lib.sh"

# Each merge is compared with what git makes of the same in a clone.
new_repo r
(
	cd "$repo" || exit
	lines t.csv id,label 1,cat 2,dog 3,cat 4,dog
	lines note a b c d e f g
	lines other x
	dsv track t.csv --key id --label label --yes >/dev/null
	git add . && dsv commit -q -m Base
	git tag base && git branch ahead && git checkout -q -b side
	lines t.csv id,label 1,bird 2,dog 3,cat 4,dog
	lines note A b c d e f g
	lines new n
	git add . && dsv commit -q -m Side
	git checkout -q -b clash main
	lines t.csv id,label 1,cat 2,dog 3,cat 4,fish
	lines note a b c d e f CLASH
	git add . && dsv commit -q -m Clash
	git checkout -q main
	lines t.csv id,label 1,cat 2,dog 3,cat 4,owl
	lines note a b c d e f G
	git add . && dsv commit -q -m Main
)
# both MERGE: the same start for git and for dsv
start()
{
	git merge --abort 2>/dev/null
	git reset -q --hard "$1" && git clean -qfd
}
start=$(git -C "$repo" rev-parse main)

test_that 'a clean merge has the tree that git makes' '
	start "$start" && git merge -q -m x side &&
	tree=$(git rev-parse HEAD^{tree}) && start "$start" &&
	run 0 dsv merge side -m Joined &&
	out_has "  t  ~1  relabelled 1 (cat -> bird 1)" &&
	[ "$(git rev-parse HEAD^{tree})" = "$tree" ] &&
	[ "$(git rev-parse HEAD^2)" = "$(git rev-parse side)" ] &&
	[ "$(git log -1 --format=%s)" = Joined ] &&
	[ -z "$(git status --porcelain)" ] && [ ! -e .git/MERGE_HEAD ]
'
test_that 'the commit has the trailers of dsv commit' '
	git log -1 --format=%B >../message &&
	has ../message "Dsv-Change: t +0 -0 ~1 relabelled 1" &&
	has ../message "Dsv-Snapshot: t sha256:"
'
test_that 'merged already: nothing to do' '
	run 0 dsv merge side && out_has "up to date"
'
test_that 'the message is the one that git proposes' '
	start "$start" && run 0 dsv merge side &&
	[ "$(git log -1 --format=%s)" = "Merge branch '\''side'\''" ]
'
test_that 'conflicts leave the stages that git leaves' '
	start "$start" && ! git merge clash >/dev/null 2>&1 &&
	git ls-files -s >../want && start "$start" &&
	run 4 dsv merge clash && out_has "next: dsv conflicts" &&
	out_has "t.csv  1 conflict" && out_has "note   file" &&
	git ls-files -s >../got && diff -u ../want ../got &&
	grep -q "^<<<<<<< HEAD" note && [ -e .git/MERGE_HEAD ]
'
test_that 'nothing is merged while another merge is open' '
	run 1 dsv merge side
'
test_that '--abort restores, and unrelated changes stay' '
	echo mine >other && run 0 dsv merge --abort &&
	[ "$(git status --porcelain)" = " M other" ] &&
	[ "$(cat other)" = mine ] && [ ! -e .git/MERGE_HEAD ] &&
	[ "$(git rev-parse HEAD)" = "$start" ] && run 0 dsv conflicts
'
test_that 'local changes that would be lost refuse all' '
	start "$start" && echo mine >note && run 1 dsv merge side &&
	[ "$(cat note)" = mine ] && [ ! -e new ] && [ ! -e .git/MERGE_HEAD ]
'
test_that 'an untracked file in the way refuses all' '
	start "$start" && echo mine >new && run 1 dsv merge side &&
	[ "$(cat new)" = mine ] && rm new &&
	[ -z "$(git status --porcelain)" ]
'
test_that 'so does an untracked folder in the way' '
	start "$start" && mkdir new && echo mine >new/x &&
	run 1 dsv merge side && [ ! -e .git/MERGE_HEAD ] && rm -r new &&
	[ -z "$(git status --porcelain)" ]
'
test_that 'what HEAD is behind of moves it forward' '
	start "$start" && git checkout -q ahead && run 0 dsv merge side &&
	[ "$(git rev-parse HEAD)" = "$(git rev-parse side)" ] &&
	[ -z "$(git status --porcelain)" ]
'
test_that '--no-ff makes a merge commit of it' '
	git reset -q --hard HEAD~1 && run 0 dsv merge --no-ff side &&
	[ "$(git rev-parse HEAD^{tree})" = "$(git rev-parse side^{tree})" ] &&
	[ "$(git rev-parse HEAD^2)" = "$(git rev-parse side)" ]
'
test_that '--ff-only refuses what is no fast-forward' '
	git checkout -q main && run 1 dsv merge --ff-only side
'
test_that '--no-commit stops before the commit' '
	run 0 dsv merge --no-commit side && [ -e .git/MERGE_HEAD ] &&
	[ "$(git rev-parse HEAD)" = "$start" ] && run 0 dsv merge --abort &&
	[ -z "$(git status --porcelain)" ]
'
test_that 'JSON says what came of it' '
	run 0 dsv merge --json side && out_has "\"result\":\"merged\"" &&
	out_has "\"type\":\"dataset\"" && start "$start" &&
	run 4 dsv merge --json clash &&
	out_has "{\"type\":\"conflict\",\"path\":\"t.csv\",\"open\":1}"
'
test_that '--continue refuses while a conflict is open' '
	run 1 dsv merge --continue -m Settled && err_has t.csv
'
test_that '--continue commits what was settled' '
	run 0 dsv resolve t.csv --theirs && seq 3 >note && dsv add note &&
	run 0 env GIT_EDITOR=: dsv merge --continue && out_has "  t  ~1" &&
	[ "$(git rev-parse HEAD^2)" = "$(git rev-parse clash)" ] &&
	git log -1 --format=%B >../message && lacks ../message Conflicts &&
	[ -z "$(git status --porcelain)" ] && [ ! -e .git/MERGE_MODE ] &&
	run 1 dsv merge --continue && err_has "no merge is open"
'
test_that 'a hook that refuses leaves the merge to be committed' '
	start "$start" && mkdir -p .git/hooks &&
	mv .git/hooks/pre-commit ../kept &&
	printf "#!/bin/sh\nexit 1\n" >.git/hooks/pre-commit &&
	chmod +x .git/hooks/pre-commit && run 1 dsv merge side &&
	err_has "--continue" && [ -e .git/MERGE_HEAD ] &&
	mv ../kept .git/hooks/pre-commit &&
	run 0 dsv merge --continue -m "At last" &&
	[ "$(git log -1 --format=%s)" = "At last" ]
'
test_that 'the hook post-merge runs' '
	start "$start" && printf "#!/bin/sh\necho \$1 >../ran\n" \
		>.git/hooks/post-merge && chmod +x .git/hooks/post-merge &&
	run 0 dsv merge side && [ "$(cat ../ran)" = 0 ] && rm ../ran &&
	git reset -q --hard base && run 0 dsv merge --ff-only side &&
	[ -e ../ran ] && rm .git/hooks/post-merge
'
test_that 'wrong usage' '
	start "$start" && run 2 dsv merge && err_has "REV is missing" &&
	run 2 dsv merge side clash && err_has "git merge" &&
	run 2 dsv merge --abort side && run 2 dsv merge --abort --continue &&
	run 2 dsv merge --no-ff --ff-only side && run 3 dsv merge nope
'
test_that 'in a linked work tree' '
	git worktree add -q -b far ../linked main && cd ../linked &&
	run 4 dsv merge clash && [ -e ../r/.git/worktrees/linked/MERGE_HEAD ] &&
	[ ! -e ../r/.git/MERGE_HEAD ] && run 0 dsv merge --abort &&
	[ -z "$(git status --porcelain)" ] && run 0 dsv merge side &&
	cd ../r && git worktree remove --force ../linked
'
test_that 'content that is not here leaves its pointer, and says so' '
	start base && mv .git/dsv/packs ../away && run 0 dsv merge side &&
	out_has "left as a pointer" && rm -rf .git/dsv/packs &&
	mv ../away .git/dsv/packs
'
finish
