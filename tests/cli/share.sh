# A team of two with a shared folder: push, fetch, pull, clone, remote.
. "$(dirname "$0")/lib.sh"

server=$work/team.git
git init -q --bare "$server"
new_repo ana
bob=$work/bob

# table FILE N [LABEL OF ROW 7]
table()
{
	awk -v n="$2" -v seven="${3:-cat}" 'BEGIN {
		print "id,text,label"
		for (i = 1; i <= n; i++)
			print i ",word " (i * 7919) % 1000 " and more," \
				(i == 7 ? seven : i % 3 ? "cat" : "dog")
	}' >"$1"
}

# The bytes of all packs and indexes of a store.
weight()
{
	find "$1" -name '*.pack' -o -name '*.idx' | xargs cat | wc -c
}

test_that 'without a remote push and fetch say how to add one' '
	table t.csv 20000 &&
	run 0 dsv track t.csv --key id --label label --yes &&
	tick && run 0 dsv commit -m One &&
	run 2 dsv push && err_has "no remote is set" && err_has "dsv remote add" &&
	run 2 dsv fetch && run 2 dsv pull
'
test_that 'remote add and list say where the data is' '
	run 0 dsv remote add origin ../team.git && run 0 dsv remote list &&
	out_has "../team.git/dsv" && run 0 dsv remote show origin &&
	out_has "said   by default" && run 3 dsv remote show other &&
	run 0 dsv remote add hub https://example.org/x.git &&
	run 0 dsv remote list && out_has "no data" &&
	run 0 dsv remote remove hub && run 0 dsv remote list && out_lacks hub
'
test_that 'a store that no data could go to is refused' '
	run 2 dsv remote add hub https://example.org/x.git \
		--data https://example.org/data &&
	err_has "does not travel" && run 0 git remote && out_lacks hub
'
test_that 'push sends the data, then the branch' '
	run 0 dsv push -u origin main && out_has "sent in 1 pack" &&
	[ "$(git -C "$server" rev-parse main)" = "$(git rev-parse main)" ] &&
	[ "$(cat "$server/dsv/dsv-store")" = "dsv-store 1" ] &&
	[ "$(weight "$server/dsv")" -eq "$(weight .git/dsv)" ]
'
test_that 'what is there is not sent again' '
	before=$(find "$server/dsv" -type f -newer t.csv | wc -l) &&
	run 0 dsv push --json &&
	out_has "\"packs\":0,\"bytes\":0" &&
	[ "$(find "$server/dsv" -type f -newer t.csv | wc -l)" -eq "$before" ]
'
test_that 'the server can read what was pushed' '
	cd "$server" && run 0 dsv show main:t.csv:7 && out_has "label  cat"
'
test_that 'clone brings the data and checks it out' '
	cd "$work" && run 0 dsv clone team.git bob && out_has "1 checked out" &&
	cmp bob/t.csv ana/t.csv && cd bob && run 0 git status --short && silent &&
	run 0 dsv fsck && [ -x .git/hooks/pre-push ]
'
test_that 'a clone goes nowhere where something else stands' '
	cd "$work" && run 3 dsv clone team.git bob && err_has "not cloned"
'
test_that 'a small change costs about what the store grew' '
	grown=$(weight .git/dsv) && there=$(weight "$server/dsv") &&
	table t.csv 20000 fox && tick && run 0 dsv commit -am Two &&
	grown=$(($(weight .git/dsv) - grown)) && run 0 dsv push &&
	there=$(($(weight "$server/dsv") - there)) &&
	[ "$there" -le $((grown * 11 / 10)) ]
'
test_that 'pull merges by record what both changed' '
	cd "$bob" && sed -i "s/^9,\(.*\),dog$/9,\1,owl/" t.csv && tick &&
	run 0 dsv commit -am Owl && run 1 dsv push && err_has "dsv pull" &&
	run 0 dsv pull && grep -q "^7,.*,fox$" t.csv && grep -q "^9,.*,owl$" t.csv &&
	run 0 dsv push && run 0 dsv fsck
'
test_that 'pull moves forward, and says when there is nothing' '
	run 0 dsv pull --ff-only && grep -q "^9,.*,owl$" t.csv &&
	run 0 dsv pull && out_has "up to date" &&
	run 2 dsv pull --rebase && err_has "git rebase"
'
test_that 'plain git push sends the data too' '
	sed -i "s/^11,\(.*\),cat$/11,\1,elk/" t.csv && tick &&
	run 0 git commit -qam Elk && run 0 git push -q origin main &&
	err_has "of data sent" &&
	rm -rf "$work/carl" && git clone -q "$server" "$work/carl" &&
	cd "$work/carl" && grep -q "^dsv-pointer" t.csv &&
	run 0 dsv fetch && out_has "1 checked out" && grep -q "^11,.*,elk$" t.csv &&
	run 0 git status --short && silent
'
test_that 'a push whose data cannot go is refused, and goes with --no-verify' '
	table t.csv 20001 && tick && run 0 git commit -qam More &&
	mv "$server/dsv/packs" "$server/dsv/kept" && : >"$server/dsv/packs" &&
	run 1 git push -q origin main &&
	[ "$(git -C "$server" rev-parse main)" != "$(git rev-parse main)" ] &&
	run 3 dsv push &&
	[ "$(git -C "$server" rev-parse main)" != "$(git rev-parse main)" ] &&
	run 0 git push -q --no-verify origin main &&
	rm "$server/dsv/packs" && mv "$server/dsv/kept" "$server/dsv/packs"
'
test_that 'content that no store has is named with its file' '
	cd "$work/carl" && run 3 dsv fetch && err_has "t.csv at" &&
	err_has "is not there"
'
test_that 'to a new store everything goes, also what git has there' '
	mkdir "$work/disk" && git config remote.origin.dsvData "$work/disk/data" &&
	run 0 dsv push && out_has "sent in" &&
	run 0 dsv remote list && out_has "$work/disk/data" &&
	cd "$work/carl" && git config remote.origin.dsvData "$work/disk/data" &&
	run 0 dsv fetch && run 0 dsv pull && run 0 dsv fetch --all &&
	run 0 dsv fsck
'
test_that 'a disk that is not there is said, and no branch moves' '
	git config remote.origin.dsvData "$work/gone/deep/data" &&
	table t.csv 20002 && tick && run 0 dsv commit -am Gone &&
	at=$(git -C "$server" rev-parse main) && run 3 dsv push &&
	err_has "$work/gone/deep/data" &&
	[ "$(git -C "$server" rev-parse main)" = "$at" ] &&
	git config --unset remote.origin.dsvData && run 0 dsv push
'
test_that 'store.yaml says where the data is' '
	lines .dsv/store.yaml "version: 1" "stores:" "  - name: disk" \
		"    url: $work/disk/data" &&
	git add .dsv && tick && run 0 dsv commit -m Store && run 0 dsv push &&
	run 0 dsv remote show origin && out_has ".dsv/store.yaml" &&
	cd "$work" && run 0 dsv clone team.git dora && cmp dora/t.csv ana/t.csv
'
test_that 'a file:// remote has its data beside it, as a path has' '
	cd "$work" && run 0 dsv clone "file://$work/team.git" eve &&
	cmp eve/t.csv ana/t.csv && cd eve && git rm -q .dsv/store.yaml && tick &&
	dsv commit -q -m "No store" && run 0 dsv remote show origin &&
	out_has store.yaml && git update-ref -d refs/remotes/origin/HEAD &&
	run 0 dsv remote show origin && out_has "$work/team.git/dsv"
'
test_that 'where no store is known a push of data is refused with the next step' '
	git remote add hub https://example.org/x.git &&
	git update-ref -d refs/remotes/origin/HEAD
	rm -f .dsv/store.yaml && tick && git commit -qam "No store" &&
	zero=0000000000000000000000000000000000000000 &&
	echo "refs/heads/main $(git rev-parse HEAD) refs/heads/main $zero" >stdin &&
	run 2 dsv hook run pre-push hub https://example.org/x.git <stdin &&
	err_has "no store is known" && err_has "remote.hub.dsvData" &&
	rm stdin && git reset -q --hard HEAD~1 && git remote remove hub
'
test_that 'a bare repository fetches, and is not set up' '
	git clone -q --mirror "$server" "$work/mirror.git" &&
	cd "$work/mirror.git" && run 0 dsv fetch --all && run 0 dsv fsck &&
	! git config filter.dsv.process
'
test_that 'a store.yaml that cannot be read is said with its line' '
	lines .dsv/store.yaml "version: 1" "stores:" "  - name: disk" "    uri: x" &&
	git add .dsv && tick && git commit -qm Bad --no-verify &&
	run 3 dsv push && err_has ".dsv/store.yaml:" && err_has uri &&
	git reset -q --hard HEAD~1
'
finish
