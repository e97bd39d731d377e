#!/bin/sh
# Play the ```console blocks of a Markdown page in one shell and write the page
# with the answers as they are now.
#
#	console.sh PAGE >PAGE.new
#
# In a block a line `$ COMMAND` is typed, lines `> ...` behind it go on with
# it, all others are the old answer and are dropped.
set -u

page=$1
command=

play()
{
	[ -n "$command" ] || return 0
	eval "$command" >"$answer" 2>&1 </dev/null
	cat "$answer" >&3
	command=
}

answer=$(mktemp)
trap 'rm -f "$answer"' EXIT
inside=
exec 3>&1
while IFS= read -r line; do
	case $inside$line in
	'```console')
		inside=y
		;;
	'y```')
		play
		inside=
		;;
	'y$ '*)
		play
		command=${line#??}
		;;
	'y> '* | 'y>')
		line_text=${line#>}
		command="$command
${line_text# }"
		;;
	y*)
		continue
		;;
	esac
	printf '%s\n' "$line" >&3
done <"$page"
