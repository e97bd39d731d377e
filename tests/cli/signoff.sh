. "$(dirname "$0")/lib.sh"

new_repo r
cd "$repo" || exit 3
if ! command -v ssh-keygen >/dev/null; then
	skip 'sign-offs' 'no ssh-keygen'
	finish
fi
key() { ssh-keygen -q -t ed25519 -N '' -C "$1" -f "$work/$1"; }
for name in privacy quality gov eve; do key $name; done
git init -q --bare "$work/far" && git remote add origin "$work/far"

lines reviews.csv 'id,label,text' '1,pos,fine' '2,neg,bad'
lines other.csv 'id,label' '1,a'
dsv track reviews.csv --name reviews --key id --label label >/dev/null
dsv track other.csv --name other --key id --label label >/dev/null
dsv people add privacy-b --name 'Privacy B' --role privacy \
	--key "$work/privacy.pub" >/dev/null
dsv people add q --role quality,privacy --key "$work/quality.pub" >/dev/null
dsv people add lead --role governance --key "$work/gov.pub" >/dev/null
mkdir -p .dsv/checklists
lines .dsv/checklists/privacy.yaml 'version: 1' 'id: privacy' \
	'title: Privacy' 'questions:' '  - id: consent' '    ask: Consent?' \
	'  - id: minors' '    ask: No minors?'
lines .dsv/policy.yaml 'version: 1' 'targets:' '  main:' \
	'    - sign-off: {role: privacy, checklist: privacy}' \
	'    - sign-off: {role: quality, datasets: [other]}' \
	'    - governance: {role: governance}' \
	'    - override: {role: governance}'
git add -A && dsv commit -q -m base && git push -q origin main
git switch -q -c acme
lines reviews.csv 'id,label,text' '1,neg,fine' '2,neg,bad' \
	'3,pos,write to jo@example.org'
dsv commit -q -a -m delivery
lines "$work/answers.yaml" 'version: 1' 'id: privacy' 'title: Privacy' \
	'questions:' '  - id: consent' '    ask: Consent?' '    answer: yes' \
	'  - id: minors' '    ask: No minors?' '    answer: yes' \
	'    note: asked the vendor'

statements() { git ls-tree -r --name-only dsv-evidence 2>/dev/null | grep -c 'json$'; }

test_that 'the questions that the policy asks must be answered' '
	run 1 dsv signoff approve --key "$work/privacy" &&
	err_has "asks for checklist '\''privacy'\''" &&
	err_has "--checklist FILE" && [ "$(statements)" = 0 ]
'

test_that 'an answer that is missing is named, and nothing is signed' '
	grep -v "answer: yes" "$work/answers.yaml" >"$work/half.yaml" &&
	run 3 dsv signoff approve --key "$work/privacy" \
		--checklist "$work/half.yaml" &&
	err_has "consent" && [ "$(statements)" = 0 ]
'

test_that 'who is not in the people of the target is told how to enrol' '
	run 1 dsv signoff approve --key "$work/eve" &&
	err_has "nobody in the people of '\''main'\'' has the key SHA256:" &&
	err_has "dsv people add ID --role ROLE --key FILE.pub" &&
	[ "$(statements)" = 0 ]
'

test_that 'enrolling in the change itself does not help' '
	cp .dsv/people.yaml "$work/keep.yaml" &&
	dsv people add eve --role privacy --key "$work/eve.pub" >/dev/null &&
	dsv commit -q -a -m "eve enrols herself" &&
	run 1 dsv signoff approve --key "$work/eve" &&
	err_has "nobody in the people of '\''main'\''" &&
	git reset -q --hard HEAD~1 && [ "$(statements)" = 0 ]
'

test_that 'who does not hold the role is told who does' '
	run 1 dsv signoff approve --key "$work/gov" --role privacy &&
	err_has "'\''lead'\'' does not hold the role '\''privacy'\''" &&
	err_has "who does: privacy-b, q" && [ "$(statements)" = 0 ]
'

test_that 'of several roles that are asked for one must be named' '
	run 2 dsv signoff approve --key "$work/quality" &&
	err_has "privacy, quality" && err_has "name one with --role"
'

test_that 'a role whose dataset did not change has nothing to sign' '
	run 1 dsv signoff approve --key "$work/quality" --role quality &&
	err_has "nothing to sign"
'

test_that 'an approval is signed over snapshot, answers and scan, and pushed' '
	run 0 dsv signoff approve --key "$work/privacy" \
		--checklist "$work/answers.yaml" &&
	id=$(dsv show --id HEAD --dataset reviews | sha256sum | cut -c1-8) &&
	out_has "approved    reviews  snapshot $id  statement" &&
	out_has "scan: 1 finding, 1 undecided" &&
	out_has "as privacy for main, by Privacy B" &&
	out_has "pushed to origin" && [ "$(statements)" = 1 ] &&
	[ "$(git rev-parse dsv-evidence)" = \
		"$(git -C "$work/far" rev-parse dsv-evidence)" ] &&
	git show dsv-evidence:"$(git ls-tree -r --name-only dsv-evidence |
		grep "json$")" >"$work/doc" &&
	has "$work/doc" "\"note\":\"asked the vendor\"" &&
	has "$work/doc" "\"findings\":1,\"undecided\":1" &&
	has "$work/doc" "\"repository\":\"$(git rev-list --max-parents=0 main)\""
'

test_that 'to reject needs a reason' '
	run 1 dsv signoff reject --key "$work/privacy" &&
	err_has "to reject needs a reason" &&
	run 0 dsv signoff reject --key "$work/privacy" --no-push \
		--reason "minors in line 3" && out_has "rejected    reviews" &&
	out_lacks "pushed"
'

test_that 'one word is withdrawn by its digits, by its signer alone' '
	run 0 dsv evidence list --json &&
	digest=$(sed -n "s/.*\"digest\":\"\\([0-9a-f]*\\)\".*\"decision\":\"reject\".*/\\1/p" "$work/out") &&
	run 1 dsv signoff withdraw --key "$work/quality" "${digest%????????}" &&
	err_has "is not a statement of '\''q'\''" &&
	run 0 dsv signoff withdraw --key "$work/privacy" "$digest" &&
	out_has "withdrawn   reviews" &&
	out_has "takes back $(echo "$digest" | cut -c1-8)" &&
	run 1 dsv signoff withdraw --key "$work/privacy" "$digest" &&
	err_has "no sign-off that stands"
'

test_that 'without digits all that one said of it is withdrawn' '
	run 0 dsv signoff withdraw --key "$work/privacy" && out_has "takes back" &&
	run 3 dsv signoff withdraw --key "$work/privacy" &&
	err_has "no word of '\''privacy-b'\'' on this stands"
'

test_that 'an override is for the role that the policy names' '
	run 1 dsv signoff approve --override --key "$work/gov" &&
	err_has "to override needs a reason" &&
	run 0 dsv signoff approve --override --key "$work/gov" --reason late \
		--json &&
	out_has "\"decision\":\"override\"" && out_has "\"role\":\"governance\""
'

test_that 'rules are signed as rules, by the governance role' '
	git switch -q -c rules main &&
	dsv people add eve --role privacy --key "$work/eve.pub" >/dev/null &&
	dsv commit -q -a -m "eve" &&
	run 1 dsv signoff approve --key "$work/privacy" &&
	err_has "nothing to sign" &&
	run 0 dsv signoff approve --key "$work/gov" &&
	out_has "approved    .governance  rules " && git switch -q acme
'

test_that 'a target that went on is merged before it is signed' '
	git switch -q main && lines reviews.csv "id,label,text" "1,pos,fine" &&
	dsv commit -q -a -m "main goes on" && git switch -q acme &&
	run 1 dsv signoff approve --key "$work/privacy" \
		--checklist "$work/answers.yaml" &&
	err_has "'\''main'\'' changed '\''reviews'\'' since" &&
	err_has "dsv merge main"
'

test_that 'what cannot be pushed is signed all the same, and said so' '
	git switch -q -c later main && lines other.csv "id,label" "1,b" &&
	dsv commit -q -a -m later && mv "$work/far" "$work/gone" &&
	before=$(statements) &&
	run 3 dsv signoff approve --key "$work/quality" --role quality &&
	err_has "signed here, but not pushed" && err_has "dsv evidence push" &&
	[ "$(statements)" = $((before + 1)) ] && mv "$work/gone" "$work/far" &&
	run 0 dsv evidence push && out_has "pushed to origin"
'

test_that 'another commit than HEAD, and another target' '
	git branch -q release main~1 && git switch -q main &&
	run 0 dsv signoff approve --target release --head later --no-push \
		--role quality --key "$work/quality" --dataset other &&
	out_has "as quality for release" &&
	run 3 dsv signoff approve --target nowhere --key "$work/quality" &&
	err_has "no branch '\''nowhere'\''"
'

finish
