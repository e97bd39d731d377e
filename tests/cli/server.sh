. "$(dirname "$0")/lib.sh"

new_repo r
cd "$repo" || exit 3
if ! command -v ssh-keygen >/dev/null; then
	skip 'a server with the gate' 'no ssh-keygen'
	finish
fi
key() { ssh-keygen -q -t ed25519 -N '' -C "$1" -f "$work/$1"; }
for name in privacy gov eve; do key $name; done
server=$work/server.git
git init -q --bare "$server" && git remote add origin "$server"
# git's own wall would stand before ours
git -C "$server" config receive.denyDeletes false
git -C "$server" config receive.denyNonFastForwards false
git -C "$server" config receive.denyDeleteCurrent ignore

# bring: the server gets the content, as a transfer would bring it
bring()
{
	mkdir -p "$server/dsv" && cp -r .git/dsv/packs "$server/dsv/"
}
on_server() { git -C "$server" rev-parse -q --verify "refs/heads/$1"; }
# stays BRANCH COMMAND...: refused, and the server's branch is where it was
stays()
{
	branch=$1
	shift
	before=$(on_server "$branch")
	run 1 "$@" && [ "$(on_server "$branch")" = "$before" ]
}
stays_in_blobs()
{
	before=$(git -C "$work/blobs.git" rev-parse main) &&
		run 1 git push origin main &&
		[ "$(git -C "$work/blobs.git" rev-parse main)" = "$before" ]
}
# approve KEY ROLE [OPTION...]
approve()
{
	signer=$work/$1 role=$2
	shift 2
	dsv signoff approve --key "$signer" --role "$role" "$@" >/dev/null
}
silent_of_dsv() { err_lacks "dsv: "; }

lines reviews.csv 'id,label,text' '1,pos,fine' '2,neg,bad'
dsv track reviews.csv --name reviews --key id --label label >/dev/null
dsv people add privacy-b --name 'Privacy B' --role privacy \
	--key "$work/privacy.pub" >/dev/null
dsv people add lead --role governance --key "$work/gov.pub" >/dev/null
lines .dsv/policy.yaml 'version: 1' 'targets:' '  main:' \
	'    - sign-off: {role: privacy}' '    - governance: {role: governance}' \
	'  release/*:' '    - guideline: {active: true}' \
	'    - governance: {role: governance}'
git add .dsv/policy.yaml && dsv commit -q -a -m base

test_that 'a server is a bare repository' '
	run 2 dsv hook install --server && err_has "--server is for a bare" &&
	cd "$server" && run 2 dsv hook install &&
	err_has "dsv hook install --server" && run 2 dsv init &&
	err_has "dsv hook install --server"
'
test_that 'hook install --server writes the hook and the way to dsv' '
	cd "$server" && run 0 dsv hook install --server &&
	out_has "installed  pre-receive" && [ -x hooks/pre-receive ] &&
	[ ! -e hooks/pre-commit ] && [ -x "$(git config dsv.program)" ] &&
	run 0 dsv hook install --server && out_has "there      pre-receive"
'
test_that 'another hook of the server stays, and is told what to add' '
	cd "$server" && cp hooks/pre-receive ../kept &&
	lines hooks/pre-receive "#!/bin/sh" "true" &&
	run 0 dsv hook install --server && out_lacks "pre-receive" &&
	err_has "hook run pre-receive \"\$@\" || exit 1" &&
	has hooks/pre-receive true && cp ../kept hooks/pre-receive
'
test_that 'without dsv on the server nothing is taken' '
	program=$(git -C "$server" config dsv.program) &&
	git -C "$server" config dsv.program /nowhere/dsv &&
	(cd "$server" && PATH=/usr/bin:/bin run 1 hooks/pre-receive </dev/null) &&
	err_has "dsv not found on this server" &&
	git -C "$server" config dsv.program "$program"
'
test_that 'content that the server cannot read is refused' '
	stays main git push --no-verify origin main && err_has "error" &&
	err_has "reviews.csv" && err_has "is not here" &&
	[ -z "$(on_server main)" ]
'
test_that 'the first push to a server without policy needs sound data alone' '
	bring && run 0 git push origin main && err_has "dsv: main:" &&
	[ "$(on_server main)" = "$(git rev-parse main)" ]
'

git switch -q -c acme
lines reviews.csv 'id,label,text' '1,neg,fine' '2,neg,bad' '3,pos,good'
dsv commit -q -a -m Delivery
bring
test_that 'a branch that no policy names is taken, and the sender told' '
	run 0 git push origin acme &&
	err_has "dsv: not ready for main: privacy missing (dsv check)" &&
	[ "$(on_server acme)" = "$(git rev-parse acme)" ]
'
test_that 'such a branch may be rewound and removed' '
	git branch scrap acme && run 0 git push origin scrap &&
	run 0 git push -f origin main:scrap && run 0 git push -d origin scrap &&
	[ -z "$(on_server scrap)" ]
'
test_that 'without the sign-off the push is refused, and the sender told' '
	stays main git push origin acme:main &&
	err_has "main'\'' will refuse this: privacy missing" &&
	err_has "missing   privacy" && err_has "1 of 2 requirements missing"
'
test_that 'a good branch in the same push does not come through either' '
	git branch good main && stays main git push origin good acme:main &&
	[ -z "$(on_server good)" ]
'
test_that 'evidence in the same push does not count yet' '
	approve privacy privacy --no-push &&
	stays main git push origin dsv-evidence acme:main &&
	err_has "push it first" && [ -z "$(on_server dsv-evidence)" ]
'
test_that 'with the evidence there the same commit is accepted' '
	run 0 git push origin dsv-evidence && silent_of_dsv &&
	run 0 git push origin acme:main && err_lacks "will refuse" &&
	err_has "dsv: main: both requirements met" &&
	[ "$(on_server main)" = "$(git rev-parse acme)" ]
'
test_that 'one more record after the sign-off is refused' '
	lines reviews.csv "id,label,text" "1,neg,fine" "2,neg,bad" \
		"3,pos,good" "4,neg,late" &&
	dsv commit -q -a -m Late && bring &&
	stays main git push origin acme:main && err_has "missing   privacy" &&
	git reset -q --hard HEAD~1
'
test_that 'a forced push to a governed branch is refused' '
	git switch -q -c other main &&
	lines reviews.csv "id,label,text" "1,pos,fine" "2,pos,bad" &&
	dsv commit -q -a -m Other && bring &&
	stays main git push -f origin other:main &&
	err_has "refused: refs/heads/main:" &&
	err_has "next: git fetch, then dsv merge origin/main" &&
	stays main git push -f origin main:main &&
	err_has "refused: refs/heads/main:"
'
test_that 'a governed branch may not be removed' '
	stays main git push -d origin main &&
	err_has "refused: refs/heads/main:" && err_has "may not be removed" &&
	stays main git push --no-verify -d origin main
'
test_that 'a change that brings its own key and policy is judged without' '
	git switch -q -c coup acme &&
	dsv people add eve --role privacy,governance --key "$work/eve.pub" \
		>/dev/null &&
	lines .dsv/policy.yaml "version: 1" "targets:" "  nothing:" \
		"    - governance: {role: governance}" &&
	git add .dsv/policy.yaml && dsv commit -q -m Coup &&
	stays main git push origin coup:main && err_has "governance"
'
test_that 'no pushed reference stands in for the tip of the default branch' '
	run 0 git push origin coup:refs/remotes/origin/main \
		coup:refs/heads/refs/heads/main &&
	stays main git push origin coup:main && err_has "governance" &&
	run 1 git push origin coup:refs/heads/release/v1 && err_has "governance"
'
test_that 'a new branch is judged by the policy of the default branch' '
	run 1 git push origin other:release/v1 &&
	err_has "release/v1" && err_has "guideline" &&
	[ -z "$(on_server release/v1)" ] && run 0 git push origin other:free
'
test_that 'one that points into the default branch is judged as it stands' '
	run 1 git push origin main:release/v0 && err_has "guideline missing" &&
	err_has "as it stands" && err_lacks "history" &&
	[ -z "$(on_server release/v0)" ] &&
	run 1 git push origin acme:release/v0 && err_has "guideline" &&
	[ -z "$(on_server release/v0)" ]
'
test_that 'without a policy the default branch may be thrown away' '
	git init -q --bare "$work/plain.git" && cd "$work/plain.git" &&
	dsv hook install --server >/dev/null && cp -r "$server/dsv" . &&
	git config receive.denyDeleteCurrent ignore && cd "$repo" &&
	git switch -q --orphan bare && lines a.txt one && git add a.txt &&
	dsv commit -q -m One && dsv commit -q --allow-empty -m Two &&
	run 0 git push "$work/plain.git" bare:main &&
	run 0 git push -f "$work/plain.git" bare~1:main &&
	run 0 git push -d "$work/plain.git" main && git switch -q acme
'
test_that 'a branch under a policy that cannot be read is refused' '
	git clone -q --bare "$server" "$work/broken.git" &&
	cd "$work/broken.git" && dsv hook install --server >/dev/null &&
	blob=$(printf "targets: {\n" | git hash-object -w --stdin) &&
	GIT_INDEX_FILE=$PWD/tmp-index && export GIT_INDEX_FILE &&
	git read-tree main &&
	git update-index --cacheinfo "100644,$blob,.dsv/policy.yaml" &&
	tree=$(git write-tree) && unset GIT_INDEX_FILE &&
	git update-ref refs/heads/main "$(git commit-tree -p main -m x $tree)" &&
	cd "$repo" && git fetch -q "$work/broken.git" main &&
	run 1 git push "$work/broken.git" FETCH_HEAD~1:refs/heads/topic &&
	err_has "policy.yaml:" &&
	run 1 git push -f "$work/broken.git" acme:main
'
test_that 'the evidence branch may neither be removed nor rewound' '
	approve privacy privacy 2>/dev/null
	stays dsv-evidence git push -d origin dsv-evidence &&
	err_has "the evidence branch may not be removed" &&
	empty=$(git commit-tree -m new "$(git hash-object -t tree -w /dev/null)") &&
	stays dsv-evidence git push -f origin "$empty:dsv-evidence" &&
	stays dsv-evidence git push -f origin "$empty:refs/heads/dsv-evidence"
'
test_that 'a fast-forward that takes a statement out is refused' '
	empty=$(git hash-object -t tree -w /dev/null) &&
	less=$(git commit-tree -p dsv-evidence -m less "$empty") &&
	stays dsv-evidence git push origin "$less:dsv-evidence" &&
	err_has "v1/"
'
test_that 'plain blobs are read out of the quarantine, loose or packed' '
	git init -q --bare "$work/blobs.git" && cd "$work/blobs.git" &&
	dsv hook install --server >/dev/null && git init -q "$work/blobs" &&
	cd "$work/blobs" && git remote add origin "$work/blobs.git" &&
	mkdir .dsv && lines .dsv/datasets.yaml "version: 1" "datasets:" \
		"  - name: a" "    files: [a.csv]" "    key: [id]" \
		"    labels: [label]" &&
	lines a.csv id,label 1,x 2,y && git add -A && git commit -qm One &&
	run 0 git push origin main && err_has "dsv: main: " &&
	lines a.csv id,label 1,x 1,y && git commit -qam Twice &&
	stays_in_blobs && err_has "doubled key" && err_has "a.csv:" &&
	git -C "$work/blobs.git" config receive.unpackLimit 1 &&
	stays_in_blobs && err_has "doubled key" &&
	lines a.csv id,label 1,x 3,y && git commit -qam Mended &&
	run 0 git push origin main && err_has "dsv: main: " &&
	ls "$work"/blobs.git/objects/pack/*.pack >/dev/null
'
test_that 'what is no statement does not come onto the evidence branch' '
	blob=$(echo hello | git hash-object -w --stdin) &&
	path=$(git ls-tree -r --name-only dsv-evidence | grep "json$") &&
	GIT_INDEX_FILE=$PWD/.git/tmp-index && export GIT_INDEX_FILE &&
	git read-tree dsv-evidence &&
	git update-index --add --cacheinfo "100644,$blob,notes.txt" &&
	tree=$(git write-tree) && unset GIT_INDEX_FILE &&
	more=$(git commit-tree -p dsv-evidence -m more "$tree") &&
	stays dsv-evidence git push origin "$more:dsv-evidence" &&
	err_has "notes.txt"
'
test_that 'evidence of another root is united, and then taken' '
	git clone -q --single-branch -b acme "$server" "$work/two" &&
	cd "$work/two" && dsv init >/dev/null &&
	git fetch -q origin main:refs/remotes/origin/main &&
	had=$(git -C "$server" ls-tree -r --name-only dsv-evidence | wc -l) &&
	! git rev-parse -q --verify origin/dsv-evidence &&
	cp -r "$repo/.git/dsv/packs" .git/dsv/ && dsv restore . &&
	lines reviews.csv "id,label,text" "1,neg,fine" && dsv commit -qam Two &&
	approve privacy privacy --target main --no-push &&
	stays dsv-evidence git push origin dsv-evidence &&
	stays dsv-evidence git push -f origin dsv-evidence &&
	run 0 dsv signoff reject --reason "Too few." --role privacy \
		--key "$work/privacy" --target main &&
	[ "$(git -C "$server" ls-tree -r --name-only dsv-evidence | wc -l)" -eq \
		$((had + 4)) ] &&
	[ "$(git -C "$server" rev-list --max-parents=0 dsv-evidence | wc -l)" \
		-eq 2 ]
'
test_that 'evidence does not come in beside the branch' '
	run 1 git push origin dsv-evidence:refs/remotes/x/dsv-evidence &&
	err_has "evidence goes to '\''dsv-evidence'\'' alone"
'
test_that 'tags and notes are taken unseen' '
	git tag v1 coup && run 0 git push origin v1 && git tag -d v1 >/dev/null &&
	run 0 git push -d origin v1
'
test_that 'nothing is left behind in the quarantine or in the store' '
	[ -z "$(find "$server/objects" -name "tmp_objdir*")" ] &&
	[ -z "$(find "$server/dsv/tmp" -type f 2>/dev/null)" ] &&
	git -C "$server" fsck --strict 2>&1 | grep -v dangling >fsck
	is_empty fsck && rm fsck
'
test_that 'pre-push has nothing to say of evidence, tags and removals' '
	zero=0000000000000000000000000000000000000000 &&
	tip=$(git rev-parse acme) &&
	lines stdin "refs/heads/dsv-evidence $tip refs/heads/dsv-evidence $zero" \
		"refs/tags/x $tip refs/tags/x $zero" \
		"(delete) $zero refs/heads/scrap $tip" &&
	run 0 dsv hook run pre-push origin far <stdin && silent &&
	echo "(delete) $zero refs/heads/main $tip" >stdin &&
	run 0 dsv hook run pre-push origin far <stdin &&
	err_has "may not be removed" && rm stdin
'
test_that 'pre-push refuses what it cannot send the data of' '
	echo nonsense >stdin && run 3 dsv hook run pre-push origin far <stdin &&
	err_has "line 1 of the references" && rm stdin
'
test_that 'pre-receive refuses what it cannot understand' '
	cd "$server" && echo nonsense >stdin &&
	run 3 dsv hook run pre-receive <stdin && run 1 hooks/pre-receive <stdin &&
	run 0 hooks/pre-receive </dev/null && rm stdin
'
finish
