#include "govern/evidence_export.h"

#include <string.h>

#include <dsv/signer.h>
#include <dsv/text.h>

#include "base/base64.h"

void dsv_export_snapshot_name(struct dsv_buf *out, const char *dataset)
{
	dsv_buf_addf(out, "snapshot-%s.txt", dataset);
}

static void add_key(struct dsv_buf *out, const struct dsv_member *who,
		    const struct dsv_ssh_key *key)
{
	dsv_buf_addf(out, "%s namespaces=\"" DSV_SIGN_NAMESPACE "\" %s ",
		     who->id, key->type);
	dsv_base64_add(out, key->blob.data, key->blob.len);
	dsv_buf_addch(out, '\n');
}

void dsv_export_signers(const struct dsv_exporting *exporting,
			struct dsv_buf *out)
{
	const struct dsv_people *people = &exporting->people;

	for (size_t i = 0; i < people->n; i++)
		for (size_t k = 0; k < people->items[i].n_keys; k++)
			add_key(out, &people->items[i],
				&people->items[i].keys[k]);
}

/* As sha256sum writes names with a backslash or a line feed. */
static void add_sum(struct dsv_buf *out, const struct dsv_id *id,
		    const char *path)
{
	char hex[DSV_ID_HEX];

	dsv_buf_addf(out, "%s%s  ", strpbrk(path, "\\\n") ? "\\" : "",
		     dsv_id_hex(id, hex));
	for (; *path; path++) {
		if (*path == '\\')
			dsv_buf_addstr(out, "\\\\");
		else if (*path == '\n')
			dsv_buf_addstr(out, "\\n");
		else
			dsv_buf_addch(out, *path);
	}
	dsv_buf_addch(out, '\n');
}

void dsv_export_sums(const struct dsv_exporting *exporting, struct dsv_buf *out)
{
	const struct dsv_snapshots *all = &exporting->snapshots;

	for (size_t i = 0; i < all->n; i++) {
		const struct dsv_snapshot *at = &all->items[i];

		if (!dsv_exporting_has(exporting, at))
			continue;
		for (size_t k = 0; k < at->n_files; k++)
			add_sum(out, &at->files[k].content.id,
				at->files[k].path);
		if (at->guideline.id)
			add_sum(out, &at->guideline.digest, at->guideline.path);
	}
}

static void add_what(struct dsv_buf *out, const struct dsv_exporting *exporting)
{
	char hex[DSV_OID_HEX];

	dsv_buf_addf(out,
		     "# What was signed about commit %.12s\n\n"
		     "This folder can be checked with `sha256sum` and "
		     "`ssh-keygen` alone. `sh verify.sh` does\n"
		     "all of it at once; `sh verify.sh CHECKOUT` also checks "
		     "the data of a checkout of\n`%s`.\n\n",
		     dsv_oid_hex(&exporting->opts->version.commit, hex), hex);
	dsv_buf_addf(
		out,
		"| file | what it is |\n|---|---|\n"
		"| `snapshot-*.txt` | what a dataset consists of; the SHA-256 "
		"of this text is what was signed |\n"
		"| `SHA256SUMS` | the data files and guidelines that it names "
		"|\n"
		"| `statements/*.json` | what somebody said, an in-toto "
		"statement each |\n"
		"| `statements/*.json.sig` | their signature of exactly these "
		"bytes |\n"
		"| `allowed_signers` | whose keys count |\n"
		"| `rules/` | people and policy of the target branch, the "
		"guidelines |\n"
		"| `verify.sh` | all of the commands below |\n\n"
		"Run the commands in this folder. Each of them ends with "
		"status 0 where it holds.\n\n");
}

static void add_data(struct dsv_buf *out)
{
	dsv_buf_addstr(out, "## The data\n\n"
			    "`CHECKOUT` names a folder with the files of that "
			    "commit.\n\n"
			    "```sh\n"
			    "(cd \"$CHECKOUT\" && sha256sum -c --quiet) "
			    "<SHA256SUMS\n"
			    "```\n\n");
}

static void add_snapshot(struct dsv_buf *out, const struct dsv_id *id,
			 const char *name)
{
	char hex[DSV_ID_HEX];

	dsv_buf_addf(out, "echo '%s  %s' | sha256sum -c --quiet\n",
		     dsv_id_hex(id, hex), name);
}

static void add_snapshots(struct dsv_buf *out,
			  const struct dsv_exporting *exporting)
{
	const struct dsv_snapshots *all = &exporting->snapshots;

	dsv_buf_addstr(out,
		       "## The snapshots\n\n"
		       "Each line `file` of such a text has the SHA-256, the "
		       "size and the path of a data\nfile; they are those of "
		       "`SHA256SUMS`.\n\n```sh\n");
	for (size_t i = 0; i < all->n; i++) {
		struct dsv_buf name DSV_AUTO(buf) = DSV_BUF_INIT;

		if (!dsv_exporting_has(exporting, &all->items[i]))
			continue;
		dsv_export_snapshot_name(&name, all->items[i].dataset);
		add_snapshot(out, &all->items[i].id, name.data);
	}
	if (exporting->has_rules)
		add_snapshot(out, &exporting->governance.id, "governance.txt");
	dsv_buf_addstr(out, "```\n\n");
}

static void add_statement(struct dsv_buf *out,
			  const struct dsv_evidence_item *item)
{
	const struct dsv_statement *it = &item->statement;
	char digest[DSV_ID_HEX];
	char subject[DSV_ID_HEX];

	dsv_id_hex(&item->digest, digest);
	dsv_buf_addf(out, "%s, %s, by ",
		     it->kind == DSV_SIGN_OFF
			     ? dsv_decision_name(it->signoff.decision)
			     : dsv_statement_kind_name(it->kind),
		     it->dataset);
	dsv_add_shown(out, item->by->name, strlen(item->by->name));
	dsv_buf_addf(out, " as %s, ", it->role);
	dsv_add_rfc3339(out, it->time_s);
	dsv_buf_addf(
		out,
		":\n\n```sh\n"
		"echo '%s  statements/%s.json' | sha256sum -c --quiet\n"
		"ssh-keygen -Y verify -f allowed_signers -I %s -n "
		"" DSV_SIGN_NAMESPACE " "
		"-s statements/%s.json.sig <statements/%s.json\n"
		"grep -qF '\"subject\":[{\"digest\":{\"sha256\":\"%s\"}}]' "
		"statements/%s.json\n```\n\n",
		digest, digest, it->person, digest, digest,
		dsv_id_hex(&it->subject, subject), digest);
}

static void add_statements(struct dsv_buf *out,
			   const struct dsv_exporting *exporting)
{
	dsv_buf_addstr(out,
		       "## The statements\n\n"
		       "A statement is known by the SHA-256 of its bytes. "
		       "`ssh-keygen` says whether the person\nsigned these "
		       "bytes; the last line, that they are about this "
		       "data.\n\n");
	for (size_t i = 0; i < exporting->n; i++)
		add_statement(out, exporting->items[i]);
	if (exporting->n == 0)
		dsv_buf_addstr(out, "There are none.\n\n");
}

static void add_people(struct dsv_buf *out,
		       const struct dsv_exporting *exporting)
{
	const struct dsv_people *people = &exporting->people;
	char hex[DSV_OID_HEX];

	dsv_buf_addstr(out, "## Whose keys count\n\n`allowed_signers` has the "
			    "keys that `rules/people.yaml` has, as it stands "
			    "on `");
	dsv_add_shown(out, dsv_buf_str(&exporting->target),
		      exporting->target.len);
	dsv_buf_addf(
		out,
		"` at\n`%s`. No command can tell that a key is somebody's: "
		"ask the people\nthemselves for these fingerprints.\n\n"
		"| person | key |\n|---|---|\n",
		dsv_oid_hex(&exporting->tip.commit, hex));
	for (size_t i = 0; i < people->n; i++)
		for (size_t k = 0; k < people->items[i].n_keys; k++) {
			dsv_buf_addf(out, "| %s | `", people->items[i].id);
			dsv_ssh_key_fingerprint(&people->items[i].keys[k].blob,
						out);
			dsv_buf_addstr(out, "` |\n");
		}
}

void dsv_export_readme(const struct dsv_exporting *exporting,
		       struct dsv_buf *out)
{
	add_what(out, exporting);
	add_data(out);
	add_snapshots(out, exporting);
	add_statements(out, exporting);
	add_people(out, exporting);
}

static const char script_head[] =
	"#!/bin/sh\n"
	"# Checks this folder with sha256sum and ssh-keygen:\n"
	"#\n"
	"#	sh verify.sh [CHECKOUT]\n"
	"#\n"
	"# CHECKOUT is a folder with the data. Ends with 0 where all holds.\n"
	"set -u\n"
	"data=${1-}\n"
	"[ -z \"$data\" ] || data=$(cd \"$data\" && pwd) || exit 2\n"
	"cd \"$(dirname \"$0\")\" || exit 2\n"
	"bad=0\n"
	"fail()\n"
	"{\n"
	"	echo \"FAILED: $*\"\n"
	"	bad=1\n"
	"}\n"
	"sum_of() { sha256sum <\"$1\" | cut -c1-64; }\n\n"
	"expect()\n"
	"{\n"
	"	[ \"$(sum_of \"$2\" 2>/dev/null)\" = \"$1\" ] ||\n"
	"		fail \"$2 is not what was signed\"\n"
	"}\n\n"
	"# statement DIGEST PERSON SUBJECT\n"
	"statement()\n"
	"{\n"
	"	at=statements/$1.json\n"
	"	expect \"$1\" \"$at\"\n"
	"	ssh-keygen -Y verify -f allowed_signers -I \"$2\" -n dsv "
	"-s \"$at.sig\" \\\n"
	"		<\"$at\" >/dev/null 2>&1 ||\n"
	"		fail \"$at: the signature does not hold\"\n"
	"	grep -qF \"\\\"subject\\\":[{\\\"digest\\\":{\\\"sha256\\\":"
	"\\\"$3\\\"}}]\" \"$at\" ||\n"
	"		fail \"$at is about something else\"\n"
	"}\n\n";

static const char script_tail[] =
	"\n# the sums are those that the snapshots name\n"
	"for sum in $(sed -n 's/^file \\([0-9a-f]*\\) .*/\\1/p; "
	"s/^guideline [^ ]* [^ ]* //p' snapshot-*.txt); do\n"
	"	grep -q \"^\\\\\\\\\\{0,1\\}$sum  \" SHA256SUMS ||\n"
	"		fail \"SHA256SUMS lacks $sum\"\n"
	"done\n"
	"n=$(sed -n '/^file /p; /^guideline /p' snapshot-*.txt | wc -l)\n"
	"[ \"$n\" -eq \"$(wc -l <SHA256SUMS)\" ] ||\n"
	"	fail \"SHA256SUMS has other files than the snapshots\"\n\n"
	"# no key counts that people.yaml does not have\n"
	"while read -r person rest; do\n"
	"	key=${rest##* }\n"
	"	grep -qF \"$key\" rules/people.yaml ||\n"
	"		fail \"allowed_signers: a key of $person that "
	"rules/people.yaml lacks\"\n"
	"done <allowed_signers\n\n"
	"if [ -n \"$data\" ]; then\n"
	"	(cd \"$data\" && sha256sum -c --quiet) <SHA256SUMS ||\n"
	"		fail \"$data has other data\"\n"
	"fi\n\n"
	"[ \"$bad\" -eq 0 ] && echo \"all of it holds\"\n"
	"exit \"$bad\"\n";

void dsv_export_script(const struct dsv_exporting *exporting,
		       struct dsv_buf *out)
{
	const struct dsv_snapshots *all = &exporting->snapshots;
	char digest[DSV_ID_HEX];
	char subject[DSV_ID_HEX];

	dsv_buf_addstr(out, script_head);
	for (size_t i = 0; i < all->n; i++)
		if (dsv_exporting_has(exporting, &all->items[i]))
			dsv_buf_addf(out, "expect %s snapshot-%s.txt\n",
				     dsv_id_hex(&all->items[i].id, digest),
				     all->items[i].dataset);
	if (exporting->has_rules)
		dsv_buf_addf(out, "expect %s governance.txt\n",
			     dsv_id_hex(&exporting->governance.id, digest));
	for (size_t i = 0; i < exporting->n; i++) {
		const struct dsv_evidence_item *item = exporting->items[i];

		dsv_buf_addf(out, "statement %s %s %s\n",
			     dsv_id_hex(&item->digest, digest),
			     item->statement.person,
			     dsv_id_hex(&item->statement.subject, subject));
	}
	dsv_buf_addstr(out, script_tail);
}
