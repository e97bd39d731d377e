. "$(dirname "$0")/lib.sh"

new_repo r
cd "$repo" || exit 3
if ! command -v ssh-keygen >/dev/null; then
	skip 'review' 'no ssh-keygen'
	finish
fi
for name in lead privacy other; do
	ssh-keygen -q -t ed25519 -N '' -C "$name" -f "$work/$name"
done
{
	lines animals.csv id,text,label 1,meow,cat 2,woof,dog
	dsv track animals.csv --key id --label label
	dsv people add lead-a --role governance,data,privacy --me \
		--email lead-a@example.org --key "$work/lead"
	dsv people add privacy-b --name 'Privacy B' --role privacy \
		--email privacy-b@example.org --key "$work/privacy.pub"
	mkdir -p .dsv/checklists
	lines .dsv/checklists/privacy.yaml 'version: 1' 'id: privacy' \
		'title: Privacy review' 'questions:' '  - id: consent' \
		'    ask: Is there consent for every record, and is it written down somewhere?' \
		'    answers: [yes, no, n/a]' '    pass: [yes, n/a]' \
		'  - id: scan' '    ask: Have you gone through the scan?'
	lines .dsv/policy.yaml 'version: 1' 'targets:' '  main:' \
		'    - sign-off: {role: privacy, not_author: true, checklist: privacy}' \
		'    - governance: {role: governance, count: 1}'
	dsv add .
	dsv commit -qm first
	git init -q --bare "$work/hub.git"
	git remote add origin "$work/hub.git"
	git push -q origin main
} >"$work/made" 2>&1 || cat "$work/made"
as() { git config dsv.signingKey "$work/$1"; }

test_that 'nothing waits where no branch brings anything' '
	as privacy && git branch same && run 0 dsv review &&
	out_has "nothing waits for Privacy B (privacy) on main" && silent_err
'

test_that 'a branch that changes data waits for the role that is asked' '
	tick && git switch -qc cats &&
	lines animals.csv id,text,label 1,meow,dog 2,woof,dog \
		"3,mail joe@example.com,cat" &&
	dsv commit -qam "Cats relabelled" && git switch -q main &&
	run 0 dsv review && out_has "next: dsv review cats" &&
	grep "^cats .* privacy  animals  Cats relabelled" "$work/out" &&
	[ "$(grep -c cats "$work/out")" = 2 ]
'

test_that 'what waits in JSON' '
	run 0 dsv review --json && out_has "\"schema\":\"dsv.review/1\"" &&
	out_has "\"branch\":\"cats\"" && out_has "\"roles\":[\"privacy\"]" &&
	out_has "\"datasets\":[\"animals\"]"
'

test_that 'it does not wait for its author' '
	as lead && run 0 dsv review && out_has "nothing waits for lead-a" &&
	as privacy
'

test_that 'somebody whom the target does not know is refused' '
	as other && run 1 dsv review && err_has "nobody in the people of" &&
	run 1 dsv review cats && err_has "dsv people add" && as privacy
'

test_that 'a branch of the same commit is named once, a fetched one by its remote' '
	git push -q origin cats && git fetch -q && git branch cats-again cats &&
	run 0 dsv review && [ "$(grep -c privacy "$work/out")" = 1 ] &&
	git branch -qD cats-again && git branch -qm cats hidden &&
	git update-ref -d refs/heads/hidden && run 0 dsv review &&
	out_has "origin/cats"
'

test_that 'a broken branch does not hide the others' '
	git switch -qc broken && echo "nonsense: 1" >.dsv/datasets.yaml &&
	git commit -qam broken --no-verify && git switch -q main &&
	run 0 dsv review && out_lacks broken &&
	out_has "origin/cats" && git branch -qD broken
'

test_that 'without a terminal it shows all and names the whole command' '
	run 2 dsv review cats && out_has "cats into main, reviewed by Privacy B as privacy" &&
	out_has "Cats relabelled" && out_has "+1 ~1" &&
	out_has "email  j***@e***.com" && out_lacks "joe@" &&
	err_has "dsv signoff approve --head $(git rev-parse origin/cats) --target main --role privacy --checklist privacy.yaml" &&
	[ -z "$(git for-each-ref refs/heads/dsv-evidence)" ]
'

test_that 'a branch that is not there, and one that brings nothing' '
	run 3 dsv review nowhere && err_has "nowhere" &&
	run 1 dsv review main && err_has "nothing to review" &&
	run 2 dsv review cats --json
'

test_that 'a remote that cannot be reached ends it, and says how to go on' '
	git remote set-url origin "$work/gone.git" &&
	run 3 dsv review cats && err_has "no-fetch" &&
	run 2 dsv review cats --no-fetch && err_has "no terminal" &&
	git remote set-url origin "$work/hub.git"
'

# typed LINE...: the lines typed to dsv review on a terminal
typed()
{
	printf '%s\n' "$@" >"$work/typed"
	script -qec 'stty -echo cols 60; dsv review cats' /dev/null \
		<"$work/typed" >"$work/tty"
	status=$?
	tr -d '\r' <"$work/tty" >"$work/out"
	return $status
}

if have_tty; then
	test_that 'an answer that does not pass ends it unsigned' '
		typed y "" maybe no "full of mail"; [ $? = 1 ] &&
		out_has "1/2 Is there consent" && out_has "2/2 Have you" &&
		out_has "does not pass, so an approval would not count" &&
		out_has "nothing was signed" && out_has "dsv signoff reject" &&
		[ -z "$(git for-each-ref refs/heads/dsv-evidence)" ]
	'

	test_that 'approve? no, and an empty line, mean no' '
		typed y "" y "" ""; [ $? = 1 ] && out_has "approve? [y/N]" &&
		out_has "nothing was signed" &&
		[ -z "$(git for-each-ref refs/heads/dsv-evidence)" ]
	'

	test_that 'long questions are wrapped' '
		typed y "" y "" n; grep "^1/2 Is there consent" "$work/out" &&
		awk "length > 60 && /consent/ { exit 1 }" "$work/out"
	'

	test_that 'answers, yes, signed, pushed' '
		typed n/a "see file 7" y "" y &&
		out_has "approved    animals" && out_has "pushed to origin" &&
		git --git-dir="$work/hub.git" rev-parse -q --verify \
			refs/heads/dsv-evidence >head && rm head &&
		git ls-tree -r --name-only dsv-evidence >names &&
		[ "$(grep -c "sign-off/" names)" = 2 ] && rm names
	'

	test_that 'the statement holds the answers and what the scan found' '
		name=$(git ls-tree -r --name-only dsv-evidence | grep "json$") &&
		git show "dsv-evidence:$name" >statement && rm -f s &&
		has statement "{\"id\":\"consent\",\"answer\":\"n/a\",\"note\":\"see file 7\"}" &&
		has statement "\"findings\":1" && rm statement
	'

	test_that 'then it waits no more, and the gate passes' '
		run 0 dsv review && out_has "nothing waits" &&
		run 0 dsv check --head origin/cats
	'

	test_that 'one more edit and it waits again' '
		tick && git switch -qc cats origin/cats && as lead &&
		echo 4,oink,pig >>animals.csv && dsv commit -qam pig &&
		git switch -q main && as privacy && run 0 dsv review &&
		out_has "next: dsv review cats" && run 1 dsv check --head cats
	'

	test_that 'a local branch and a fetched one that parted are both named' '
		git branch -f cats main && tick && git switch -q cats &&
		echo 5,moo,cow >>animals.csv && dsv commit -qam cow &&
		git switch -q main && run 1 dsv review cats --no-fetch &&
		err_has "have parted" && err_has "origin/cats" &&
		run 2 dsv review origin/cats --no-fetch
	'
else
	skip 'a review on a terminal' 'no script(1)'
fi

test_that 'a change of the rules waits for the role of governance' '
	tick && git switch -qc rules main && echo "# stricter" >>.dsv/policy.yaml &&
	git add . && dsv commit -qm rules && git switch -q main && as lead &&
	run 0 dsv review && grep "^rules .* governance  .governance" "$work/out" &&
	run 2 dsv review rules --no-fetch --role governance &&
	out_has "the rules change:" && out_has ".dsv/policy.yaml" &&
	out_has "git diff $(git rev-parse --short=7 main) " &&
	err_has "dsv signoff approve" && err_lacks "--checklist"
'

test_that 'a word on the rules is seen as well' '
	run 0 dsv signoff approve --head rules --role governance --no-push &&
	run 0 dsv review && out_lacks "rules" && as privacy
'

test_that 'of two who are asked, it waits for the one who has not signed' '
	as lead && tick && lines .dsv/policy.yaml "version: 1" "targets:" \
		"  main:" "    - sign-off: {role: privacy, count: 2}" &&
	git add . && dsv commit -qm two && git push -q origin main &&
	git switch -qc both && tick && echo 7,quack,duck >>animals.csv &&
	dsv commit -qam duck && git switch -q main && as privacy &&
	run 0 dsv review && out_has "both" &&
	run 0 dsv signoff approve --head both --no-push &&
	run 0 dsv review && out_lacks "both" &&
	as lead && run 0 dsv review && out_has "both" &&
	as privacy && run 0 dsv signoff withdraw --head both --no-push &&
	run 0 dsv review && out_has "both"
'

test_that 'checklists are listed, shown and begun' '
	run 0 dsv signoff checklist && out_has "privacy" && out_has "here" &&
	out_has "storage" && out_has "template" &&
	run 0 dsv signoff checklist privacy && out_has "Have you gone" &&
	run 0 dsv signoff checklist storage && out_has "wrote .dsv/checklists/storage.yaml" &&
	run 0 dsv signoff checklist storage &&
	out_has "restored" &&
	run 3 dsv signoff checklist nothing && err_has "no checklist" &&
	err_has "shipped are privacy, safety, storage" &&
	run 0 dsv signoff checklist --json && out_has "\"state\":\"template\""
'

finish
