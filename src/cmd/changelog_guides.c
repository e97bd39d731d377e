#include "cmd/changelog_guides.h"

#include <stdlib.h>
#include <string.h>

#include <dsv/error.h>

#define CHANGES_SHOWN 4u

static bool is_pair(const struct dsv_changelog_note *note)
{
	return !strcmp(note->what, "guideline") && note->id &&
	       !dsv_oid_is_zero(&note->blobs[0]) &&
	       !dsv_oid_is_zero(&note->blobs[1]);
}

static const struct dsv_changelog_guide *
find(const struct dsv_changelog_guides *guides,
     const struct dsv_changelog_note *note)
{
	size_t i;

	for (i = 0; guides && i < guides->n; i++)
		if (dsv_oid_equal(&guides->items[i]->blobs[0],
				  &note->blobs[0]) &&
		    dsv_oid_equal(&guides->items[i]->blobs[1], &note->blobs[1]))
			return guides->items[i];
	return NULL;
}

/* History may hold guidelines that cannot be read: of these only the note
 * tells. */
static int read_guide(struct dsv_changelog_guide *guide, struct dsv_repo *repo,
		      const char *id)
{
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < 2; i++)
		rc = dsv_guideline_text_blob(&guide->texts[i], repo,
					     &guide->blobs[i], id);
	if (rc == 0)
		dsv_guideline_diff(&guide->diff, &guide->texts[0],
				   &guide->texts[1]);
	if (rc != DSV_ESYNTAX && rc != DSV_ERANGE)
		return rc;
	dsv_error_clear();
	return 0;
}

static int add_note(struct dsv_changelog_guides *out, struct dsv_repo *repo,
		    const struct dsv_changelog_note *note)
{
	struct dsv_changelog_guide *guide;
	struct dsv_changelog_guide **items;

	if (!is_pair(note) || find(out, note))
		return 0;
	items = realloc(out->items, (out->n + 1) * sizeof(*items));
	guide = calloc(1, sizeof(*guide));
	if (!items || !guide)
		abort();
	out->items = items;
	out->items[out->n++] = guide;
	guide->blobs[0] = note->blobs[0];
	guide->blobs[1] = note->blobs[1];
	return read_guide(guide, repo, note->id);
}

static int add_groups(struct dsv_changelog_guides *out, struct dsv_repo *repo,
		      const struct dsv_changelog_groups *groups)
{
	size_t i, k;
	int rc = 0;

	for (i = 0; rc == 0 && i < groups->n; i++) {
		const struct dsv_changelog_notes *notes =
			&groups->items[i].notes;

		for (k = 0; rc == 0 && k < notes->n; k++)
			rc = add_note(out, repo, &notes->items[k]);
	}
	return rc;
}

int dsv_changelog_guides_read(struct dsv_changelog_guides *out,
			      struct dsv_repo *repo,
			      const struct dsv_changelog *log)
{
	size_t i;
	int rc = add_groups(out, repo, &log->total);

	for (i = 0; rc == 0 && i < log->n_sections; i++)
		rc = add_groups(out, repo, &log->sections[i].groups);
	for (i = 0; rc == 0 && i < log->n_steps; i++)
		rc = add_groups(out, repo, &log->steps[i].groups);
	return rc;
}

void dsv_changelog_guides_release(struct dsv_changelog_guides *guides)
{
	size_t i;

	for (i = 0; i < guides->n; i++) {
		dsv_guideline_diff_release(&guides->items[i]->diff);
		dsv_guideline_text_release(&guides->items[i]->texts[0]);
		dsv_guideline_text_release(&guides->items[i]->texts[1]);
		free(guides->items[i]);
	}
	free(guides->items);
	*guides = (struct dsv_changelog_guides)DSV_CHANGELOG_GUIDES_INIT;
}

const struct dsv_guideline_diff *
dsv_changelog_guides_find(const struct dsv_changelog_guides *guides,
			  const struct dsv_changelog_note *note)
{
	const struct dsv_changelog_guide *guide =
		is_pair(note) ? find(guides, note) : NULL;

	return guide ? &guide->diff : NULL;
}

void dsv_changelog_guides_say(const struct dsv_guideline_diff *diff,
			      struct dsv_buf *out)
{
	size_t i;

	for (i = 0; diff && i < diff->n && i < CHANGES_SHOWN; i++) {
		dsv_buf_addstr(out, i ? ", " : ": ");
		dsv_guideline_change_say(&diff->items[i], out);
	}
	if (diff && diff->n > CHANGES_SHOWN)
		dsv_buf_addf(out, ", %zu more change%s",
			     diff->n - CHANGES_SHOWN,
			     diff->n == CHANGES_SHOWN + 1 ? "" : "s");
}
