#include "govern/scanned.h"

#include <stdlib.h>
#include <string.h>

#include <dsv/error.h>

#include "base/alloc.h"
#include "base/digest.h"
#include "base/map.h"
#include "govern/scan_records.h"
#include "history/extents.h"
#include "history/groups.h"
#include "history/runs.h"

/* Of one task: enough that opening a reader does not count. */
#define TASK_BYTES (256u * 1024u)

/* Of a content whose chunks are not known. */
#define PIECE_BYTES (1024u * 1024u)

/* A part that has to be read: a group of chunks, or bytes of the mapped run. */
struct job {
	size_t part;
	const struct dsv_group *group;
	size_t at;
	size_t len;
	uint64_t line; /* of its first byte; of bytes, told when all are read */
	uint64_t lines; /* of bytes: line feeds in it */
};

struct task {
	size_t first; /* job */
	size_t n;
};

struct scanning {
	const struct dsv_scanned_opts *opts;
	struct dsv_scanned *out;
	struct dsv_groups groups;
	const struct dsv_filemap *map;
	const char *data; /* of all bytes, where there are no groups */
	size_t len;
	struct dsv_strlist columns; /* of the header, where there is one */
	struct job *jobs;
	size_t n_jobs;
	size_t jobs_cap;
	struct task *tasks;
	size_t n_tasks;
	size_t tasks_cap;
};

static void scanning_release(struct scanning *s)
{
	dsv_groups_release(&s->groups);
	dsv_strlist_release(&s->columns);
	free(s->jobs);
	free(s->tasks);
}

static void add_job(struct scanning *s, const struct job *job)
{
	DSV_GROW(s->jobs, s->jobs_cap, s->n_jobs + 1);
	s->jobs[s->n_jobs++] = *job;
}

static void cut_tasks(struct scanning *s)
{
	struct task *task = NULL;
	size_t len = 0;

	for (size_t i = 0; i < s->n_jobs; i++) {
		if (!task || len >= TASK_BYTES) {
			DSV_GROW(s->tasks, s->tasks_cap, s->n_tasks + 1);
			task = &s->tasks[s->n_tasks++];
			*task = (struct task){.first = i};
			len = 0;
		}
		task->n++;
		len += s->jobs[i].len;
	}
}

static int open_job(const struct scanning *s, const struct job *job,
		    struct dsv_stream **out)
{
	if (job->group)
		return dsv_extents_stream(out, s->opts->source, s->opts->store,
					  job->group->first, job->group->n);
	dsv_stream_of_memory(out, s->data + job->at, job->len);
	return 0;
}

static uint64_t count_lines(const char *data, size_t len)
{
	uint64_t n = 0;

	for (size_t i = 0; i < len; i++)
		n += data[i] == '\n';
	return n;
}

static int run_job(struct scanning *s, struct job *job,
		   struct dsv_scan_records *records)
{
	struct dsv_stream *in DSV_AUTO(stream) = NULL;
	bool header = s->opts->reading->format->has_header;
	struct dsv_scan_run run = {
		.columns = header && job->at > 0 ? &s->columns : NULL,
		.offset = job->at,
		.line = job->line,
	};
	int rc = open_job(s, job, &in);

	run.in = in;
	if (rc == 0)
		rc = dsv_scan_records_add(records, &run,
					  &s->out->parts[job->part]);
	if (!job->group)
		job->lines = count_lines(s->data + job->at, job->len);
	if (!job->group)
		dsv_source_pass(s->opts->source, job->at, job->len);
	dsv_progress_add(s->opts->progress, job->len);
	return rc;
}

static int run_task(void *ctx, size_t index)
{
	struct scanning *s = ctx;
	const struct task *task = &s->tasks[index];
	struct dsv_scan_records records DSV_AUTO(scan_records) = {0};
	int rc = dsv_cancelled();

	dsv_scan_records_init(&records, s->opts);
	for (size_t i = 0; i < task->n && rc == 0; i++)
		rc = run_job(s, &s->jobs[task->first + i], &records);
	return rc;
}

static int run_jobs(struct scanning *s)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < s->n_jobs; i++)
		bytes += s->jobs[i].len;
	dsv_progress_start(s->opts->progress, "scanning", bytes, "bytes");
	cut_tasks(s);
	return dsv_pool_each(s->opts->pool, s->n_tasks, run_task, s);
}

/* Of a group: that of its chunk, of several the digest of theirs. */
static void name_part(const struct scanning *s, const struct dsv_group *group,
		      struct dsv_id *out)
{
	struct dsv_buf ids DSV_AUTO(buf) = DSV_BUF_INIT;

	for (size_t i = 0; i < group->n; i++)
		dsv_buf_add(&ids, s->map->extents[group->first + i].id.bytes,
			    DSV_ID_SIZE);
	if (group->n == 1)
		memcpy(out->bytes, ids.data, DSV_ID_SIZE);
	else
		dsv_id_of(ids.data, ids.len, out);
}

static void name_columns(struct scanning *s)
{
	struct dsv_buf text DSV_AUTO(buf) = DSV_BUF_INIT;

	for (size_t i = 0; i < s->columns.n; i++)
		dsv_put_string(&text, s->columns.items[i],
			       strlen(s->columns.items[i]));
	dsv_id_of(dsv_buf_str(&text), text.len, &s->out->columns);
}

/* Parts of what was scanned before, by their names. */
static void index_known(const struct scanning *s, struct dsv_map *out)
{
	for (size_t i = 0; i < s->opts->n_known; i++) {
		const struct dsv_scanned *known = s->opts->known[i];

		if (!dsv_id_equal(&known->columns, &s->out->columns))
			continue;
		for (size_t k = 0; k < known->n; k++)
			dsv_map_put(out, known->parts[k].id.bytes, DSV_ID_SIZE)
				->value = (uintptr_t)&known->parts[k];
	}
}

static void sort_groups(struct scanning *s)
{
	struct dsv_map known DSV_AUTO(map) = DSV_MAP_INIT;

	index_known(s, &known);
	s->out->n = s->groups.n;
	s->out->parts = dsv_alloc_zero(s->groups.n + 1, sizeof(*s->out->parts));
	for (size_t i = 0; i < s->groups.n; i++) {
		const struct dsv_group *group = &s->groups.items[i];
		struct dsv_scan_part *part = &s->out->parts[i];
		const struct dsv_map_entry *entry;
		struct job job = {
			.part = i,
			.group = group,
			.at = (size_t)group->offset,
			.len = (size_t)group->len,
			.line = group->line,
		};

		name_part(s, group, &part->id);
		part->line = group->line;
		entry = dsv_map_get(&known, part->id.bytes, DSV_ID_SIZE);
		if (entry)
			dsv_scan_part_copy(
				part, (const struct dsv_scan_part *)(uintptr_t)
					      entry->value);
		else
			add_job(s, &job);
	}
}

static int scan_groups(struct scanning *s)
{
	int rc = 0;

	if (s->opts->reading->format->has_header)
		rc = dsv_runs_header(s->opts->source, s->opts->store,
				     s->opts->reading, &s->groups.items[0],
				     &s->columns);
	if (rc < 0)
		return rc;
	name_columns(s);
	sort_groups(s);
	return run_jobs(s);
}

/* The end of a piece: the first line end behind PIECE_BYTES where a record may
 * begin. */
static size_t piece_len(const struct scanning *s, size_t at)
{
	const struct dsv_format *format = s->opts->reading->format;
	size_t left = s->len - at;
	size_t len = PIECE_BYTES;
	uint8_t state;

	if (left <= PIECE_BYTES || !format->by_line || !format->step)
		return left;
	state = format->step(0, s->data + at, len);
	while (len < left) {
		const char *from = s->data + at + len;
		const char *end = memchr(from, '\n', left - len);
		size_t n = end ? (size_t)(end - from) + 1 : left - len;

		state = format->step(state, from, n);
		len += n;
		if (state == DSV_STATE_RECORD)
			return len;
	}
	return left;
}

static void cut_pieces(struct scanning *s)
{
	size_t at = 0;

	while (at < s->len) {
		struct job job = {.part = s->n_jobs,
				  .at = at,
				  .len = piece_len(s, at),
				  .line = 1};

		add_job(s, &job);
		dsv_source_pass(s->opts->source, at, job.len);
		at += job.len;
	}
	s->out->n = s->n_jobs;
	s->out->parts = dsv_alloc_zero(s->n_jobs + 1, sizeof(*s->out->parts));
}

/* Lines are counted by whoever reads a piece. */
static void place_pieces(struct scanning *s)
{
	uint64_t line = 1;

	for (size_t i = 0; i < s->n_jobs; i++) {
		s->out->parts[i].line = line;
		line += s->jobs[i].lines;
	}
}

static int read_header(struct scanning *s)
{
	struct dsv_stream *in DSV_AUTO(stream) = NULL;
	struct dsv_reader *reader DSV_AUTO(reader) = NULL;
	struct dsv_reader_opts opts = {0};
	int rc;

	dsv_stream_of_memory(&in, s->data, s->len);
	rc = dsv_reader_open(&reader, s->opts->reading->format, in, &opts);
	if (rc == 0)
		dsv_strlist_copy(&s->columns, dsv_reader_columns(reader));
	return rc;
}

static int scan_pieces(struct scanning *s)
{
	int rc = dsv_source_map(s->opts->source, &s->data, &s->len);

	if (rc == 0 && s->opts->reading->format->has_header)
		rc = read_header(s);
	if (rc < 0)
		return rc;
	name_columns(s);
	cut_pieces(s);
	rc = run_jobs(s);
	place_pieces(s);
	return rc;
}

static int scan(struct scanning *s)
{
	int rc = 0;

	if (s->opts->store)
		rc = dsv_source_filemap(s->opts->source, &s->map);
	if (rc < 0)
		return rc;
	if (s->map &&
	    dsv_groups_of_map(&s->groups, s->map, s->opts->reading->format))
		return scan_groups(s);
	return scan_pieces(s);
}

int dsv_scanned_read(struct dsv_scanned *out,
		     const struct dsv_scanned_opts *opts)
{
	struct dsv_scanned scanned DSV_AUTO(scanned) = DSV_SCANNED_INIT;
	struct scanning s = {.opts = opts, .out = &scanned};
	int rc = scan(&s);

	scanning_release(&s);
	if (rc < 0)
		return rc;
	*out = scanned;
	scanned = (struct dsv_scanned)DSV_SCANNED_INIT;
	return 0;
}
