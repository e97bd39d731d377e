. "$(dirname "$0")/lib.sh"

new_repo r
(
	cd "$repo" || exit
	snapshot First "id,label" "1,cat" "2,dog"
	tick
	snapshot Second "id,label" "1,cat" "2,fox"
)
test_that 'a sound repository is called so' '
	run 0 dsv fsck && out_is fsck_sound &&
	run 0 dsv fsck --json && out_has "\"faults\":0"
'
test_that 'every flipped byte of a pack is found, with what it breaks' '
	cp -r .git/dsv ../kept &&
	for pack in .git/dsv/packs/*.pack; do
		cp "$pack" good && size=$(wc -c <"$pack") && at=8 &&
		while [ $at -lt "$size" ]; do
			chmod u+w "$pack" && cat good >"$pack" &&
			byte=$(od -An -tu1 -j$at -N1 good | tr -d " ") &&
			printf "\\$(printf %03o $((byte ^ 1)))" |
				dd of="$pack" bs=1 seek=$at conv=notrunc \
					2>/dev/null &&
			run 1 dsv fsck || exit 1
			at=$((at + 97))
		done
		cat good >"$pack"
	done
	rm good && run 0 dsv fsck && rm -rf ../kept
'
test_that 'a content that is missing is named with file and commit' '
	mv .git/dsv/packs ../packs && run 1 dsv fsck &&
	out_has "animals.csv  $(git rev-parse HEAD | cut -c1-7)  content is not here" &&
	run 1 dsv fsck --json && out_has "\"kind\":\"content\"" &&
	rm -rf .git/dsv/packs && mv ../packs .git/dsv/packs
'
test_that 'a pack that is cut short is found' '
	set -- .git/dsv/packs/*.pack && cp "$1" ../pack && chmod u+w "$1" &&
	head -c 40 ../pack >"$1" && run 1 dsv fsck && cat ../pack >"$1"
'
test_that 'a damaged pointer in a commit is named' '
	git switch -q -c broken &&
	git cat-file -p HEAD:animals.csv | sed "s/\$/ /" >bad &&
	blob=$(git hash-object -w --no-filters bad) && rm bad &&
	git update-index --cacheinfo 100644,$blob,animals.csv &&
	git commit -q --no-verify -m Broken && run 1 dsv fsck &&
	out_has "damaged pointer" && git switch -q -f main &&
	git branch -q -D broken
'
finish
