# bash completion of dsv; made by: dsv completion bash
_dsv()
{
	local cur=${COMP_WORDS[COMP_CWORD]}
	local prev=${COMP_WORDS[COMP_CWORD-1]}
	local opts= words= value=- revs= files=

	COMPREPLY=()
	if ((COMP_CWORD == 1)); then
		COMPREPLY=($(compgen -W "init track untrack status add commit switch restore apply merge conflicts resolve log show diff blame changelog labels fsck help version completion" -- "$cur"))
		return
	fi
	case ${COMP_WORDS[1]} in
	init)
		opts="--help"
		files=yes
		;;
	track)
		opts="--help --name --key --label --format --annotator --guideline --yes"
		files=yes
		;;
	untrack)
		opts="--help"
		files=yes
		;;
	status)
		opts="--help --no-untracked --json"
		files=yes
		;;
	add)
		opts="--help --all --update --renormalize --force --quiet"
		files=yes
		;;
	commit)
		opts="--help --message --all --guideline --amend --no-edit --author --date --reset-author --allow-empty --no-verify --quiet"
		;;
	switch)
		opts="--help --create --detach --discard-changes --quiet"
		revs=yes files=yes
		;;
	restore)
		opts="--help --source --staged --worktree --quiet"
		files=yes
		[[ $prev == --source ]] && value="$(git for-each-ref --format='%(refname:short)' refs/heads refs/tags refs/remotes 2>/dev/null)"
		;;
	apply)
		opts="--help --to --insert --delete --dry-run --format --key --quiet --json"
		files=yes
		[[ $prev == --to ]] && value= files=yes
		;;
	merge)
		opts="--help --message --no-ff --ff-only --no-commit --continue --abort --json"
		revs=yes files=yes
		;;
	conflicts)
		opts="--help --json"
		files=yes
		;;
	resolve)
		opts="--help --ours --theirs --base --set --work --all --quiet --json"
		files=yes
		;;
	log)
		opts="--help --max-count --skip --first-parent --no-merges --reverse --oneline --where --json"
		revs=yes files=yes
		;;
	show)
		opts="--help --id --dataset --summary --stat --json"
		revs=yes files=yes
		;;
	diff)
		opts="--help --staged --cached --no-index --summary --stat --md --csv --json --only --where --field --key --label --format --exit-code --quiet --no-cache"
		revs=yes files=yes
		[[ $prev == --only ]] && value="added removed changed relabelled"
		;;
	blame)
		opts="--help --field --where --keys-from --since --reverse --summary --history --key --label --format --csv --no-cache --json"
		files=yes
		[[ $prev == --since ]] && value="$(git for-each-ref --format='%(refname:short)' refs/heads refs/tags refs/remotes 2>/dev/null)"
		;;
	changelog)
		opts="--help --by --where --md --json --key --label --no-cache"
		revs=yes files=yes
		[[ $prev == --by ]] && value="commit tag week"
		;;
	labels)
		opts="--help --by --where --label --format --all --json"
		revs=yes files=yes
		;;
	fsck)
		opts="--help --json"
		;;
	help)
		opts="--help --synopsis --options"
		words="init track untrack status add commit switch restore apply merge conflicts resolve log show diff blame changelog labels fsck help version completion"
		;;
	version)
		opts="--help --json"
		;;
	completion)
		opts="--help"
		words="bash zsh fish"
		;;
	filter-process)
		opts="--help"
		;;
	diff-driver)
		opts="--help --textconv"
		;;
	merge-driver)
		opts="--help"
		files=yes
		;;
	hook)
		opts="--help"
		words="run"
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
