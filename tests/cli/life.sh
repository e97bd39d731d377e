# The whole life of a dataset: guideline, labels, audit, sign-off, merge, a
# change after the sign-off, a new guideline, and an auditor without dsv.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib-govern.sh"

new_repo r
cd "$repo" || exit 3

test_that 'a team sets up who may say what' '
	commits_of lead-a && git config gpg.format ssh && as lead-a &&
	person lead-a data "Lead A" && person privacy-b privacy "Privacy B" &&
	person gov-d governance "Governor D" && person gov-e governance "Governor E" &&
	person audit-f audit "Auditor F" && dsv commit -qm "People"
'

test_that 'guideline 1.0 is written, and is sound' '
	mkdir guidelines && cat >guidelines/tone.md <<-EOF &&
		---
		id: tone
		version: 1.0.0
		status: active
		effective: 2025-02-01
		---
		# Tone of a review

		| label | definition |
		|-------|------------|
		| pos   | The writer recommends it |
		| neg   | The writer does not |

		| rule  | when | label |
		|-------|------|-------|
		| irony | Praise that is plainly meant as blame | neg |

		| example | label | rule |
		|---------|-------|------|
		| Lovely, again please | pos | |
		| Never again | neg | |
		| Great, broken after a day | neg | irony |
	EOF
	dsv add guidelines && run 0 dsv guideline lint tone
'

test_that 'the policy can be fulfilled, and says in words what it asks' '
	dsv signoff checklist privacy >"$work/out" 2>&1 &&
	policy "audit: {of: changed, sample: 8, accuracy_lower: \"0.60\", role: audit}" \
		"sign-off: {role: privacy, not_author: true, checklist: privacy, max_age: 90d}" \
		"guideline: {active: true, labels_subset: true, stale: 0}" \
		"labels: {each_at_least: 3, drop_at_most: \"30%\"}" \
		"scan: {undecided: 0}" "override: {role: governance, count: 2}" &&
	{ echo id,text,label,worker; for i in 1 2 3 4 5; do
		echo "$i,text $i,pos,dora"; done; for i in 6 7 8 9; do
		echo "$i,text $i,neg,dora"; done; } >reviews.csv &&
	dsv track reviews.csv --name reviews --key id --label label \
		--annotator worker >/dev/null &&
	{ grep -q guideline: .dsv/datasets.yaml ||
		sed -i "s/^\( *\)key: .*/&\n\1guideline: tone/" .dsv/datasets.yaml; } &&
	dsv add . && tick && dsv commit -qm "Reviews under tone 1.0" &&
	run 0 dsv policy lint && run 0 dsv policy explain main &&
	says "A merge into main needs"
'

test_that 'annotators label a batch under it' '
	git switch -qc batch && for i in 10 11 12 13 14 15 16 17 18 19 20 21; do
		echo "$i,text $i,$([ $((i % 2)) = 0 ] && echo pos || echo neg),dora"
	done >>reviews.csv && tick && dsv commit -qam "Batch 2" &&
	run 1 dsv check && says "ok data 21 records" &&
	says "missing audit no audit of 8 records from what changed" &&
	says "missing privacy 1 sign-off by" && says "ok guideline tone@1.0.0 is active" &&
	says "ok labels" && says "ok scan no findings" &&
	out_has "next: dsv audit start --dataset reviews"
'

test_that 'an auditor draws a sample, judges it, and signs' '
	as audit-f && run 0 dsv audit start && out_has "8 of 12 records" &&
	sed -i "2,\$s/,\([a-z]*\),,,\$/,\1,\1,,/" audit-1.csv &&
	run 0 dsv audit finish audit-1.csv && rm audit-1.csv && run 1 dsv check &&
	says "ok audit 8 of 8 correct, at least"
'

test_that 'privacy answers the checklist and signs; the gate passes' '
	as privacy-b && run 1 dsv signoff approve && err_has "checklist" &&
	sed "s/^\( *\)ask: .*/&\n\1answer: yes/" .dsv/checklists/privacy.yaml \
		>"$work/answers" &&
	run 0 dsv signoff approve --checklist "$work/answers" && run 0 dsv check &&
	says "passed: batch into main" && says "ok privacy Privacy B" &&
	says "all 6 requirements met"
'

test_that 'it is merged, and no step of main went past the gate' '
	as lead-a && git switch -q main && tick &&
	run 0 dsv merge --no-ff batch && run 0 dsv log --unreviewed &&
	out_lacks "Batch 2" && out_lacks Merge
'

test_that 'an edit after the sign-off is refused in the right words' '
	git switch -qc batch3 && for i in 22 23 24 25 26 27 28 29; do
		echo "$i,text $i,pos,dora"; done >>reviews.csv && tick &&
	dsv commit -qam "Batch 3" && as audit-f && dsv audit start >"$work/log2" &&
	sed -i "2,\$s/,\([a-z]*\),,,\$/,\1,\1,,/" audit-2.csv &&
	dsv audit finish audit-2.csv >"$work/log2" && rm audit-2.csv &&
	as privacy-b && dsv signoff approve --checklist "$work/answers" >"$work/log2" &&
	run 0 dsv check && signed=$(sed -n "s/.*snapshot \([0-9a-f]*\).*/\1/p" "$work/log2") &&
	sed -i "s/^23,text 23/23,call me at 23/" reviews.csv && tick &&
	dsv commit -qam "One more edit" && run 1 dsv check &&
	says "missing privacy 1 sign-off by '\''privacy'\''; Privacy B signed $signed, 1 record changed since" &&
	says "next: dsv review" && says "missing audit no audit of 8"
'

test_that 'guideline 2.0: the change is for those who govern' '
	git switch -q main && git switch -qc tone2 && sed -i \
		"s/version: 1.0.0/version: 2.0.0/;s/recommends it/recommends it to everybody/" \
		guidelines/tone.md && sed -i "s/| Never again | neg/| Only for fans | neg | |\n&/" \
		guidelines/tone.md && as lead-a && tick && dsv commit -qam "Tone 2.0" &&
	run 1 dsv check && says "guidelines/tone.md'\'' changes; 0 of 2 sign-offs"
'

test_that 'they sign it, privacy signs the data under it, and it is merged' '
	for who in gov-d gov-e; do
		as $who && run 0 dsv signoff approve --role governance || return 1
	done && as privacy-b &&
	run 0 dsv signoff approve --checklist "$work/answers" && run 0 dsv check &&
	says "n/a guideline nothing but the guideline changes, to tone@2.0.0" &&
	says "n/a audit no record changed" && says "ok governance" && as lead-a &&
	git switch -q main && tick && run 0 dsv merge --no-ff tone2 &&
	run 0 dsv log --unreviewed && out_lacks Tone
'

test_that 'what was labelled under 1.0 is stale then' '
	run 0 dsv guideline stale tone; says "21" && git switch -qc batch4 &&
	echo "30,text 30,pos,dora" >>reviews.csv && tick &&
	dsv commit -qam "Batch 4" && run 1 dsv check &&
	says "21 records are stale (at most 0)" &&
	says "next: dsv guideline stale tone"
'

test_that 'an auditor checks what was signed with ssh-keygen and sha256sum alone' '
	git switch -q main && run 0 dsv evidence export --to "$work/export" main &&
	mkdir "$work/bin" && for tool in ssh-keygen sha256sum sh cat sed grep cut \
		dirname test wc tr awk sort find git env mktemp rm ls head tail \
		basename printf; do
		found=$(command -v $tool) && case $found in
		/*) ln -s "$found" "$work/bin/$tool" ;; esac
	done; (PATH=$work/bin; export PATH; ! command -v dsv >/dev/null &&
		sh "$work/export/verify.sh" .) >"$work/out" 2>&1 &&
	says "all of it holds" && find "$work/export" -name "*.json" >"$work/list" &&
	[ "$(wc -l <"$work/list")" -ge 1 ]
'

test_that 'by hand, and one byte more is found' '
	signers=$(find "$work/export" -name "*signers*" | head -1) &&
	while read -r doc; do
		who=$(sed "s/.*\"person\":\"\([^\"]*\)\".*/\1/" "$doc") &&
		ssh-keygen -Y verify -n dsv -f "$signers" -I "$who" -s "$doc.sig" \
			<"$doc" || return 1
	done <"$work/list" && doc=$(head -1 "$work/list") && echo >>"$doc" &&
	! (cd "$work/export" && sh ./verify.sh "$repo") >"$work/out" 2>&1
'

finish
