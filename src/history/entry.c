#include "history/entry.h"

#include <sys/stat.h>

#include <dsv/error.h>

#include "base/alloc.h"
#include "repo/blobs.h"

int dsv_entry_identify(struct dsv_repo *repo, const struct dsv_entry *entry,
		       struct dsv_identity *out, bool *out_pointer)
{
	struct dsv_content content;
	int rc;

	*out = (struct dsv_identity){.kind = DSV_IDENTITY_NOTHING};
	if (!S_ISREG(entry->mode))
		return 0;
	out->kind = DSV_IDENTITY_NONE;
	if (dsv_oid_is_zero(&entry->blob))
		return 0;
	rc = dsv_blob_pointer(repo, &entry->blob, &content);
	if (rc < 0)
		return rc;
	if (rc == 0) {
		dsv_identity_of_blob(out, &entry->blob);
		return 0;
	}
	dsv_identity_of_content(out, &content.id);
	if (out_pointer)
		*out_pointer = true;
	return 0;
}

int dsv_entry_open(struct dsv_source **out, struct dsv_repo *repo,
		   const char *path, const struct dsv_entry *entry)
{
	if (!S_ISREG(entry->mode))
		return dsv_source_of_nothing(out);
	return dsv_source_of_entry(out, repo, path, entry);
}

char *dsv_entry_fault(void)
{
	const char *hint = dsv_error_hint();

	return dsv_strf("%s%s%s%s", dsv_error_message(), hint ? " (" : "",
			hint ? hint : "", hint ? ")" : "");
}
