# bash completion of dsv; made by: dsv completion bash
_dsv()
{
	local cur=${COMP_WORDS[COMP_CWORD]}
	local prev=${COMP_WORDS[COMP_CWORD-1]}
	local name=${COMP_WORDS[1]}
	local opts= words= value=- revs= files=

	COMPREPLY=()
	if ((COMP_CWORD == 1)); then
		COMPREPLY=($(compgen -W "init clone track untrack status add commit switch restore apply merge conflicts resolve log show diff blame changelog labels remote push fetch pull guideline audit check policy scan review signoff evidence people fsck help version completion" -- "$cur"))
		return
	fi
	case $name in
	remote | guideline | audit | policy | signoff | evidence | people | hook)
		((COMP_CWORD > 2)) && name+=" ${COMP_WORDS[2]}"
		;;
	esac
	case $name in
	"init")
		opts="--help"
		files=yes
		;;
	"clone")
		opts="--help --branch --no-data --json"
		files=yes
		;;
	"track")
		opts="--help --name --key --label --format --annotator --guideline --yes"
		files=yes
		;;
	"untrack")
		opts="--help"
		files=yes
		;;
	"status")
		opts="--help --no-untracked --json"
		files=yes
		;;
	"add")
		opts="--help --all --update --renormalize --force --quiet"
		files=yes
		;;
	"commit")
		opts="--help --message --all --guideline --amend --no-edit --author --date --reset-author --allow-empty --no-verify --quiet"
		;;
	"switch")
		opts="--help --create --detach --discard-changes --quiet"
		revs=yes files=yes
		;;
	"restore")
		opts="--help --source --staged --worktree --quiet"
		files=yes
		[[ $prev == --source ]] && value="$(git for-each-ref --format='%(refname:short)' refs/heads refs/tags refs/remotes 2>/dev/null)"
		;;
	"apply")
		opts="--help --to --insert --delete --dry-run --format --key --quiet --json"
		files=yes
		[[ $prev == --to ]] && value= files=yes
		;;
	"merge")
		opts="--help --message --no-ff --ff-only --no-commit --continue --abort --json"
		revs=yes files=yes
		;;
	"conflicts")
		opts="--help --json"
		files=yes
		;;
	"resolve")
		opts="--help --ours --theirs --base --set --work --all --quiet --json"
		files=yes
		;;
	"log")
		opts="--help --max-count --skip --first-parent --no-merges --reverse --oneline --where --unreviewed --json"
		revs=yes files=yes
		;;
	"show")
		opts="--help --id --dataset --summary --stat --json"
		revs=yes files=yes
		;;
	"diff")
		opts="--help --staged --cached --no-index --summary --stat --md --csv --json --only --where --field --key --label --format --exit-code --quiet --no-cache"
		revs=yes files=yes
		[[ $prev == --only ]] && value="added removed changed relabelled"
		;;
	"blame")
		opts="--help --field --where --keys-from --since --reverse --summary --history --key --label --format --csv --no-cache --json"
		files=yes
		[[ $prev == --since ]] && value="$(git for-each-ref --format='%(refname:short)' refs/heads refs/tags refs/remotes 2>/dev/null)"
		;;
	"changelog")
		opts="--help --by --where --md --json --key --label --no-cache"
		revs=yes files=yes
		[[ $prev == --by ]] && value="commit tag week"
		;;
	"labels")
		opts="--help --by --where --label --format --all --json"
		revs=yes files=yes
		;;
	"remote")
		opts="--help"
		words="list add remove show"
		;;
	"remote list")
		opts="--help --json"
		;;
	"remote add")
		opts="--help --data"
		;;
	"remote remove")
		opts="--help"
		;;
	"remote show")
		opts="--help --json"
		;;
	"push")
		opts="--help --set-upstream --all --tags --delete --force-with-lease --force --dry-run --no-evidence --json"
		revs=yes files=yes
		;;
	"fetch")
		opts="--help --data --since --all --no-data --prune --tags --json"
		revs=yes files=yes
		[[ $prev == --since ]] && value="$(git for-each-ref --format='%(refname:short)' refs/heads refs/tags refs/remotes 2>/dev/null)"
		;;
	"pull")
		opts="--help --ff-only --no-ff --rebase --json"
		revs=yes files=yes
		;;
	"guideline")
		opts="--help"
		words="new list show lint diff bump stale test"
		;;
	"guideline new")
		opts="--help --from-dataset --with-label --json"
		;;
	"guideline list")
		opts="--help --json"
		revs=yes files=yes
		;;
	"guideline show")
		opts="--help --json"
		;;
	"guideline lint")
		opts="--help --base --rev --strict --json"
		[[ $prev == --base ]] && value="$(git for-each-ref --format='%(refname:short)' refs/heads refs/tags refs/remotes 2>/dev/null)"
		[[ $prev == --rev ]] && value="$(git for-each-ref --format='%(refname:short)' refs/heads refs/tags refs/remotes 2>/dev/null)"
		;;
	"guideline diff")
		opts="--help --exit-code --json"
		;;
	"guideline bump")
		opts="--help --major --minor --patch --effective --status --json"
		[[ $prev == --status ]] && value="draft active retired"
		;;
	"guideline stale")
		opts="--help --dataset --where --list --csv --no-cache --rev --json"
		[[ $prev == --rev ]] && value="$(git for-each-ref --format='%(refname:short)' refs/heads refs/tags refs/remotes 2>/dev/null)"
		;;
	"guideline test")
		opts="--help --guideline --rater --min --rev --json"
		files=yes
		[[ $prev == --rev ]] && value="$(git for-each-ref --format='%(refname:short)' refs/heads refs/tags refs/remotes 2>/dev/null)"
		;;
	"audit")
		opts="--help"
		words="start finish list show agreement"
		;;
	"audit start")
		opts="--help --of --label --dataset --field --by --sample --margin --lower --expected --confidence --blind --sheet --target --key --no-push --json"
		revs=yes files=yes
		[[ $prev == --of ]] && value="changed label all"
		[[ $prev == --sheet ]] && value= files=yes
		[[ $prev == --key ]] && value= files=yes
		;;
	"audit finish")
		opts="--help --plan --any-label --key --no-push --json"
		files=yes
		[[ $prev == --key ]] && value= files=yes
		;;
	"audit list")
		opts="--help --target --json"
		revs=yes files=yes
		;;
	"audit show")
		opts="--help --sheet --target --json"
		[[ $prev == --sheet ]] && value= files=yes
		;;
	"audit agreement")
		opts="--help --raters --key --item --rater --label --level --order --confidence --format --json"
		files=yes
		[[ $prev == --level ]] && value="nominal ordinal interval"
		;;
	"check")
		opts="--help --head --target --no-scan --write --json"
		revs=yes files=yes
		[[ $prev == --head ]] && value="$(git for-each-ref --format='%(refname:short)' refs/heads refs/tags refs/remotes 2>/dev/null)"
		;;
	"policy")
		opts="--help"
		words="show lint explain"
		;;
	"policy show")
		opts="--help --rev --json"
		[[ $prev == --rev ]] && value="$(git for-each-ref --format='%(refname:short)' refs/heads refs/tags refs/remotes 2>/dev/null)"
		;;
	"policy lint")
		opts="--help --rev --json"
		[[ $prev == --rev ]] && value="$(git for-each-ref --format='%(refname:short)' refs/heads refs/tags refs/remotes 2>/dev/null)"
		;;
	"policy explain")
		opts="--help --rev --json"
		revs=yes files=yes
		[[ $prev == --rev ]] && value="$(git for-each-ref --format='%(refname:short)' refs/heads refs/tags refs/remotes 2>/dev/null)"
		;;
	"scan")
		opts="--help --show --all --summary --exit-code --decide --decide-all --as --reason --by --key --format --json"
		revs=yes files=yes
		[[ $prev == --decide-all ]] && value="email phone card iban ssn ip secret"
		[[ $prev == --as ]] && value="false-positive redacted accepted"
		;;
	"review")
		opts="--help --target --role --dataset --key --no-fetch --no-scan --no-push --json"
		revs=yes files=yes
		[[ $prev == --key ]] && value= files=yes
		;;
	"signoff")
		opts="--help"
		words="approve reject withdraw checklist"
		;;
	"signoff approve")
		opts="--help --role --dataset --checklist --reason --override --no-scan --target --head --key --no-push --json"
		[[ $prev == --checklist ]] && value= files=yes
		[[ $prev == --head ]] && value="$(git for-each-ref --format='%(refname:short)' refs/heads refs/tags refs/remotes 2>/dev/null)"
		[[ $prev == --key ]] && value= files=yes
		;;
	"signoff reject")
		opts="--help --role --dataset --reason --target --head --key --no-push --json"
		[[ $prev == --head ]] && value="$(git for-each-ref --format='%(refname:short)' refs/heads refs/tags refs/remotes 2>/dev/null)"
		[[ $prev == --key ]] && value= files=yes
		;;
	"signoff withdraw")
		opts="--help --role --dataset --reason --target --head --key --no-push --json"
		[[ $prev == --head ]] && value="$(git for-each-ref --format='%(refname:short)' refs/heads refs/tags refs/remotes 2>/dev/null)"
		[[ $prev == --key ]] && value= files=yes
		;;
	"signoff checklist")
		opts="--help --json"
		;;
	"evidence")
		opts="--help"
		words="list show verify export push"
		;;
	"evidence list")
		opts="--help --target --json"
		revs=yes files=yes
		;;
	"evidence show")
		opts="--help --raw --target --json"
		;;
	"evidence verify")
		opts="--help --target --json"
		revs=yes files=yes
		;;
	"evidence export")
		opts="--help --to --dataset --target --json"
		revs=yes files=yes
		;;
	"evidence push")
		opts="--help --json"
		;;
	"people")
		opts="--help"
		words="add list show"
		;;
	"people add")
		opts="--help --role --key --name --email --me --json"
		;;
	"people list")
		opts="--help --json"
		revs=yes files=yes
		;;
	"people show")
		opts="--help --rev --json"
		[[ $prev == --rev ]] && value="$(git for-each-ref --format='%(refname:short)' refs/heads refs/tags refs/remotes 2>/dev/null)"
		;;
	"fsck")
		opts="--help --json"
		;;
	"help")
		opts="--help --synopsis --options"
		words="init clone track untrack status add commit switch restore apply merge conflicts resolve log show diff blame changelog labels remote push fetch pull guideline audit check policy scan review signoff evidence people fsck help version completion"
		;;
	"version")
		opts="--help --json"
		;;
	"completion")
		opts="--help"
		words="bash zsh fish"
		;;
	"filter-process")
		opts="--help"
		;;
	"diff-driver")
		opts="--help --textconv"
		;;
	"merge-driver")
		opts="--help"
		files=yes
		;;
	"hook")
		opts="--help"
		words="install run"
		;;
	"hook install")
		opts="--help --server"
		;;
	"hook run")
		opts="--help"
		;;
	esac
	if [[ $value != - ]]; then
		words=$value opts= revs=
	elif [[ $revs ]]; then
		words+=" $(git for-each-ref --format='%(refname:short)' refs/heads refs/tags refs/remotes 2>/dev/null)"
	fi
	[[ $cur == -* ]] && words=$opts
	COMPREPLY=($(compgen -W "$words" -- "$cur"))
	[[ $files && $cur != -* ]] &&
		COMPREPLY+=($(compgen -f -- "$cur"))
}
complete -o filenames -F _dsv dsv
