# What the tests of policy, gate and statements share; read after lib.sh.
#
# lead-a writes data and signs commits; privacy-b and privacy-c hold privacy,
# gov-d and gov-e governance, audit-f and audit-g audit.
if ! command -v ssh-keygen >/dev/null; then
	new_repo r
	skip "$file" 'no ssh-keygen'
	finish
fi

# says TEXT: the answer has it, however its lines are broken
says()
{
	tr -s ' \n' '  ' <"$work/out" | tr -s ' ' >"$work/flat"
	has "$work/flat" "$1"
}

# key NAME: a key without passphrase
key() { ssh-keygen -q -t ed25519 -N '' -C "$1" -f "$work/$1"; }

# as NAME: whose key signs statements from here on
as() { git config dsv.signingKey "$work/$1"; }

# commits_of NAME: whose key signs commits; "nobody": they are not signed
commits_of()
{
	if [ "$1" = nobody ]; then
		git config commit.gpgSign false
	else
		git config commit.gpgSign true
		git config user.signingKey "$work/$1"
	fi
}

# person ID ROLE NAME
person()
{
	dsv people add "$1" --name "$3" --role "$2" \
		--email "$1@example.org" --key "$work/$1.pub"
}

# reviews LABEL...: reviews.csv with a record for each label
reviews()
{
	echo id,text,label
	n=0
	for label; do
		n=$((n + 1))
		echo "$n,text $n,$label"
	done
}

# policy LINE...: what main asks for, written into the work tree
policy()
{
	mkdir -p .dsv
	{
		printf '%s\n' 'version: 1' 'targets:' '  main:'
		printf '    - %s\n' "$@"
		echo '    - governance: {role: governance, count: 2}'
	} >.dsv/policy.yaml
}

# rules LINE...: main has this policy, and is where the test goes on
rules()
{
	git switch -q main && policy "$@" && tick &&
		git commit -qam "Rules of main" --no-verify
}

# branch NAME: a new one from main
branch() { git switch -qC "$1" main; }

# save MESSAGE: all that is in the work tree, committed
save() { tick && git add -A && git commit -q --no-verify -m "$1"; }

# relabel ID LABEL: one record of reviews.csv
relabel() { sed -i "s/^\($1,.*\),[a-z]*\$/\1,$2/" reviews.csv; }

# new_governed NAME: a repository with people and reviews.csv, whose policy
# asks privacy for a sign-off
new_governed()
{
	new_repo "$1"
	(
		cd "$repo" && commits_of lead-a && git config gpg.format ssh &&
			reviews pos neg pos neg pos neg pos neg pos neg \
				>reviews.csv &&
			dsv track reviews.csv --name reviews --key id \
				--label label &&
			person lead-a data 'Lead A' &&
			person privacy-b privacy 'Privacy B' &&
			person privacy-c privacy 'Privacy C' &&
			person gov-d governance 'Governor D' &&
			person gov-e governance 'Governor E' &&
			person audit-f audit 'Auditor F' &&
			person audit-g audit 'Auditor G' &&
			policy 'sign-off: {role: privacy, not_author: true}' &&
			save 'First'
	) >"$work/made" 2>&1 || { cat "$work/made"; exit 3; }

}

forget() { git update-ref -d refs/heads/dsv-evidence; }

# evidence_put PATH FILE [PATH FILE]: one commit more of the evidence branch
evidence_put()
{
	(
		GIT_INDEX_FILE=$work/index
		export GIT_INDEX_FILE
		rm -f "$GIT_INDEX_FILE"
		tip=$(git rev-parse -q --verify refs/heads/dsv-evidence)
		[ -z "$tip" ] || git read-tree "$tip"
		while [ $# -gt 0 ]; do
			blob=$(git hash-object -w --stdin <"$2") || exit
			git update-index --add \
				--cacheinfo "100644,$blob,$1" || exit
			shift 2
		done
		tree=$(git write-tree) &&
			commit=$(git commit-tree ${tip:+-p "$tip"} -m put \
				"$tree") &&
			git update-ref refs/heads/dsv-evidence "$commit"
	)
}

# put FILE KEY [NAMESPACE]: sign the bytes of a document and put both where the
# content says, as dsv would
put()
{
	rm -f "$1.sig"
	ssh-keygen -q -Y sign -n "${3:-dsv}" -f "$work/$2" "$1" \
		2>/dev/null || return
	put_sum=$(sha256sum <"$1" | cut -c 1-64)
	subject=$(tr -d '\n' <"$1" | sed 's/.*"sha256":"\([0-9a-f]*\)"}}\].*/\1/')
	kind=$(tr -d '\n' <"$1" |
		sed 's/.*"predicateType":"urn:dsv:\([a-z-]*\):.*/\1/')
	case $kind in *[!a-z-]*) kind=sign-off ;; esac
	place=v1/$(echo "$subject" | cut -c 1-2)/$subject/$kind/$put_sum.json
	evidence_put "$place" "$1" "$place.sig" "$1.sig"
}

# last: the statement that stands last on the evidence branch, to $work/doc
last()
{
	place=$(git diff-tree -r --root --name-only --no-commit-id \
		dsv-evidence | grep 'json$') &&
		git show "dsv-evidence:$place" >"$work/doc"
}

# approved_by PERSON [OPTION]...
approved_by()
{
	as "$1" && shift &&
		dsv signoff approve --no-push "$@" >"$work/out" 2>"$work/err"
}

for name in lead-a privacy-b privacy-c gov-d gov-e audit-f audit-g other; do
	key "$name"
done
