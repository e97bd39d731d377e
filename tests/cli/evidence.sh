. "$(dirname "$0")/lib.sh"

new_repo r
cd "$repo" || exit 3
if ! command -v ssh-keygen >/dev/null; then
	skip 'evidence' 'no ssh-keygen'
	finish
fi
key() { ssh-keygen -q -t ed25519 -N '' -C "$1" -f "$work/$1"; }
key privacy && key lead
mkdir -p guidelines
lines guidelines/tone.md '---' 'id: tone' 'version: 1.0.0' 'status: active' \
	'---' '' '# Tone'
lines 'my reviews.csv' 'id,label,text' '1,pos,fine' '2,neg,bad'
dsv track 'my reviews.csv' --name reviews --key id --label label \
	--guideline tone >/dev/null
dsv people add privacy-b --name 'Privacy B' --role privacy \
	--key "$work/privacy.pub" >/dev/null
dsv people add lead --role governance --key "$work/lead.pub" >/dev/null
lines .dsv/policy.yaml 'version: 1' 'targets:' '  main:' \
	'    - sign-off: {role: privacy}' '    - governance: {role: governance}'
git add -A && dsv commit -q -m base
git switch -q -c acme
lines 'my reviews.csv' 'id,label,text' '1,neg,fine' '2,neg,bad'
dsv commit -q -a -m delivery
id=$(dsv show --id HEAD --dataset reviews | sha256sum | cut -c1-64)

test_that 'there is nothing at first' '
	run 0 dsv evidence list && out_has "no statements" &&
	run 0 dsv evidence verify && out_has "0 statements trusted" &&
	run 3 dsv evidence show abcd && err_has "no statement '\''abcd'\''"
'

dsv signoff approve --key "$work/privacy" --reason "$(printf 'ok \033[31m')" \
	>/dev/null
digest=$(git ls-tree -r --name-only dsv-evidence | sed -n 's|.*/\([0-9a-f]*\)\.json$|\1|p')

test_that 'a line a statement' '
	run 0 dsv evidence list &&
	grep -q "^$(echo "$digest" | cut -c1-8) .* approve *reviews *$(echo "$id" | cut -c1-8) *privacy-b *privacy *trusted$" "$work/out"
'

test_that 'of a dataset, a snapshot, a revision' '
	run 0 dsv evidence list reviews && out_has privacy-b &&
	run 0 dsv evidence list "$(echo "$id" | cut -c1-10)" &&
	out_has privacy-b && run 0 dsv evidence list HEAD && out_has privacy-b &&
	run 0 dsv evidence list main && out_has "no statements" &&
	run 3 dsv evidence list nowhere
'

test_that 'the list in JSON' '
	run 0 dsv evidence list --json &&
	out_has "\"schema\":\"dsv.evidence-list/1\"" &&
	out_has "\"digest\":\"$digest\"" && out_has "\"trust\":\"trusted\"" &&
	out_has "\"subject\":\"$id\"" && out_has "\"fault\":null"
'

test_that 'one statement for people, its control characters made harmless' '
	run 0 dsv evidence show "$(echo "$digest" | cut -c1-6)" &&
	out_has "ok \\x1b[31m" && out_has "$id" && out_has "tone@1.0.0" &&
	out_has "refs/heads/main" && ! grep -q "$(printf "\033")" "$work/out"
'

test_that 'the bytes that were signed' '
	run 0 dsv evidence show --raw "$digest" &&
	[ "$(sha256sum <"$work/out" | cut -c1-64)" = "$digest" ] &&
	run 0 dsv evidence show --json "$digest" &&
	out_has "BEGIN SSH SIGNATURE"
'

test_that 'every signature is checked, and a step by its policy' '
	run 0 dsv evidence verify && out_has "1 statement trusted, 0 not, 0 faults" &&
	run 0 dsv evidence verify main..acme && out_has "ok " &&
	out_has "0 of 1 steps refused" &&
	run 0 dsv evidence verify --json && out_has "\"type\":\"summary\",\"trusted\":1"
'

test_that 'a step that nobody signed is refused' '
	lines "my reviews.csv" "id,label,text" "1,neg,other" &&
	dsv commit -q -a -m unsigned && run 1 dsv evidence verify main..acme &&
	out_has "1 of 2 steps refused" && out_has "1 sign-off by" &&
	git reset -q --hard HEAD~1
'

test_that 'an export is checked by its script alone' '
	run 0 dsv evidence export --to "$work/x" &&
	out_has "1 statement about 1 dataset of 1 file" &&
	env PATH=/usr/bin:/bin sh "$work/x/verify.sh" . >"$work/said" &&
	has "$work/said" "all of it holds" && [ ! -e "$work/x.partial" ]
'

# readme FOLDER: every command of README.md, as it stands there
readme()
{
	sed -n '/^```sh$/,/^```$/{/^```/d;p;}' "$1/README.md" >"$work/commands"
	[ "$(wc -l <"$work/commands")" -ge 5 ] || return 1
	(cd "$1" && CHECKOUT=$repo PATH=/usr/bin:/bin && export CHECKOUT PATH &&
		sh -e "$work/commands") >"$work/said" 2>&1
}

test_that 'the commands of README.md hold, one by one' '
	readme "$work/x" && has "$work/said" "Good \"dsv\" signature for privacy-b"
'

# tampered SCRIPT: a copy of the export after the script fails both ways
tampered()
{
	rm -rf "$work/y" && cp -r "$work/x" "$work/y" &&
		(cd "$work/y" && eval "$1") || return 1
	sh "$work/y/verify.sh" "$repo" >"$work/said" 2>&1 && {
		echo "verify.sh passes after: $1"
		return 1
	}
	[ "${2-}" ] || ! readme "$work/y" || {
		echo "README.md passes after: $1"
		return 1
	}
}

test_that 'an export that was tampered with fails' '
	tampered "sed -i s/approve/reject/ statements/*.json" &&
	tampered "echo x >>snapshot-reviews.txt" &&
	tampered "sed -i s/1/2/ SHA256SUMS" &&
	tampered "sed -i s/^privacy-b/lead2/ allowed_signers" &&
	tampered "rm statements/*.sig" &&
	tampered "rm statements/*.json" &&
	tampered ": >SHA256SUMS" script &&
	tampered "cp $work/x/statements/*.sig /dev/null; sed -i 2,3d statements/*.sig" &&
	tampered "echo \"eve namespaces=\\\"dsv\\\" ssh-ed25519 AAAAB3\" >>allowed_signers" script
'

test_that 'other data in the checkout fails' '
	echo "9,pos,more" >>"my reviews.csv" &&
	! sh "$work/x/verify.sh" . >"$work/said" 2>&1 &&
	has "$work/said" "my reviews.csv: FAILED" &&
	git checkout -q -- "my reviews.csv"
'

test_that 'an export goes to a new or empty folder, whole or not at all' '
	run 3 dsv evidence export --to "$work/x" && err_has "is there" &&
	run 2 dsv evidence export && err_has "--to DIR" &&
	run 3 dsv evidence export --to "$work/z" --dataset nowhere &&
	err_has "no dataset '\''nowhere'\''" && [ ! -e "$work/z" ] &&
	mkdir "$work/z" && run 0 dsv evidence export --to "$work/z/" --json &&
	out_has "\"statements\":1" && [ -f "$work/z/README.md" ]
'

test_that 'a statement whose key was revoked is left out of it, and not trusted' '
	git switch -q main && cp .dsv/people.yaml "$work/keep" &&
	sed -i "s|^\( *keys: \).*|\1[]|;/ssh-ed25519/d" .dsv/people.yaml &&
	lines .dsv/people.yaml "version: 1" "people:" "  - id: lead" \
		"    name: lead" "    roles: [governance]" \
		"    keys: [\"$(cut -d" " -f1,2 "$work/lead.pub")\"]" &&
	dsv commit -q -a -m revoked && run 0 dsv evidence list &&
	out_has "unknown-key" && run 0 dsv evidence verify &&
	out_has "0 statements trusted, 1 not" &&
	run 0 dsv evidence export acme --to "$work/w" &&
	out_has "left out: 1 that are not trusted" &&
	git reset -q --hard HEAD~1 && git switch -q acme
'

test_that 'a lost statement is a fault' '
	git worktree add -q "$work/e" dsv-evidence &&
	git -C "$work/e" rm -rq v1 && git -C "$work/e" commit -qm gone &&
	git worktree remove "$work/e" && run 1 dsv evidence verify &&
	out_has "a commit of the branch lost or changed it" &&
	out_has "1 statement trusted, 0 not, 2 faults" &&
	run 0 dsv evidence list && out_has "approve" && out_has "lost  v1/"
'

finish
