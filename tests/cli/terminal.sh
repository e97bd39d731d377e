. "$(dirname "$0")/lib.sh"

new_repo r
(
	cd "$repo" || exit
	snapshot First "id,label" "1,cat" "2,a-rather-long-label-that-needs-room" \
		"3,owl"
	tick
	snapshot Second "id,label" "1,cat" "2,fox" "3,a-rather-long-label-that-needs-room"
)
test_that 'a pipe that is closed early ends dsv in silence' '
	seq 1 200000 | sed "s/\$/,x/" >big.csv && sed -i "1i id,label" big.csv &&
	dsv track big.csv --key id --label label >/dev/null &&
	{ dsv --no-pager diff --staged 2>../err; echo $? >../status; } |
		head -n 1 >../first && has ../first "big.csv  added" &&
	is_empty ../err && [ "$(cat ../status)" -eq 141 ] &&
	git rm -qf --cached big.csv && rm big.csv && git checkout -q . &&
	dsv restore --staged . 
'
test_that 'away from a terminal there is neither colour nor cut' '
	TERM=xterm run 0 dsv diff HEAD~1 HEAD && ! grep "$(printf "\033")" "$work/out" &&
	COLUMNS=20 run 0 dsv diff --summary HEAD~1 HEAD &&
	out_has a-rather-long-label-that-needs-room
'
if ! have_tty; then
	skip 'on a terminal' 'no script(1)'
	finish
fi
escape=$(printf '\033')
test_that 'on a terminal there is colour, and NO_COLOR takes it away' '
	export TERM=xterm &&
	in_tty 80 "dsv --no-pager diff HEAD~1 HEAD" && out_has "$escape[32m" &&
	in_tty 80 "NO_COLOR=1 dsv --no-pager diff HEAD~1 HEAD" &&
	out_lacks "$escape" &&
	in_tty 80 "TERM=dumb dsv --no-pager diff HEAD~1 HEAD" && out_lacks "$escape"
'
test_that 'tables fit 80, 40 and 20 columns' '
	for width in 80 40 20; do
		in_tty $width "dsv --no-pager diff --summary HEAD~1 HEAD" &&
		grep -e cat -e "a-r" "$work/out" >rows &&
		! grep ".\{$((width + 1))\}" rows || exit 1
		in_tty $width "dsv --no-pager labels" &&
		grep -e cat -e "a-r" "$work/out" >rows &&
		! grep ".\{$((width + 1))\}" rows || exit 1
	done; rm rows
'
test_that 'the pager of git is used, and only when there is an answer' '
	git config core.pager "sed s/^/paged:/" &&
	in_tty 80 "dsv diff HEAD~1 HEAD" && out_has "paged:animals.csv:2" &&
	in_tty 80 "dsv --no-pager diff HEAD~1 HEAD" && out_lacks "paged:" &&
	in_tty 80 "dsv diff HEAD HEAD" && out_lacks "paged:" &&
	in_tty 80 "PAGER=cat GIT_PAGER=\"sed s/^/other:/\" dsv log" &&
	out_has "other:" && git config --unset core.pager
'
test_that 'a pager that is left early ends dsv in silence' '
	in_tty 80 "GIT_PAGER=\"head -n 1\" dsv diff HEAD~1 HEAD"; 
	out_has animals.csv:2 && out_lacks "dsv:"
'
test_that 'a long value is cut around what differs, and whole when piped' '
	long=$(head -c 3000 /dev/zero | tr "\0" x) &&
	lines long.csv "id,text" "1,${long}old$long" && cp long.csv ../long.csv &&
	lines long.csv "id,text" "1,${long}new$long" &&
	command="dsv --no-pager diff --no-index --key id ../long.csv long.csv" &&
	in_tty 80 "$command" && out_has "xold" && out_has "xnew" &&
	out_has ".." && ! grep ".\{241\}" "$work/out" && run 0 $command &&
	out_has "- ${long}old$long" && rm long.csv
'
test_that 'track asks: n, nothing and the end of input' '
	lines ask.csv id,label 1,cat 2,dog &&
	echo n | script -qec "dsv track ask.csv" /dev/null >../out; 
	has ../out "[Y/n]" && has ../out "nothing was tracked" &&
	! grep ask .dsv/datasets.yaml &&
	printf "\004" | script -qec "dsv track ask.csv" /dev/null >../out;
	! grep ask .dsv/datasets.yaml &&
	echo | script -qec "dsv track ask.csv" /dev/null >../out &&
	grep -q ask .dsv/datasets.yaml && git reset -q --hard && rm -f ask.csv
'
finish
