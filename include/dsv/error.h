#ifndef DSV_ERROR_H
#define DSV_ERROR_H

#include <stdarg.h>

/*
 * What went wrong, once for the whole library.
 *
 * A function that can fail returns 0 or a count, or one of these negative
 * codes. dsv_fail() records the message for this thread and returns the code:
 *
 *	return dsv_fail(DSV_ENOTFOUND, "'%s' not found", path);
 *
 * Messages are lower case, without full stop, the fault first, the subject in
 * single quotes. The next step is a hint, set apart by dsv_hint().
 */
enum dsv_err {
	DSV_EUSAGE = -1,       /* the request makes no sense: exit 2 */
	DSV_ENOTFOUND = -2,    /* what was named does not exist */
	DSV_EEXISTS = -3,      /* what was to be made exists */
	DSV_EIO = -4,	       /* the system refused: errno is in the message */
	DSV_ECORRUPT = -5,     /* stored bytes are damaged */
	DSV_ESYNTAX = -6,      /* a document of ours is not well formed */
	DSV_ERANGE = -7,       /* a number or length is beyond its limit */
	DSV_EGIT = -8,	       /* git or libgit2 refused */
	DSV_ECONFLICT = -9,    /* a person has to decide: exit 4 */
	DSV_EMISSING = -10,    /* content that is referred to is not here */
	DSV_ECANCELLED = -11,  /* interrupted: exit 130 */
	DSV_EREFUSED = -12,    /* the answer is no: exit 1 */
	DSV_EUNSUPPORTED = -13 /* a version, flag or feature we do not know */
};

/** Record a message for this thread, drop its hint, return code. */
int dsv_fail(int code, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/** The same, with ": " and the text of errno behind the message. */
int dsv_fail_errno(int code, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/** Put "<prefix>: " before the recorded message: file, snapshot or remote. */
int dsv_fail_prefix(int code, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/** What to do next; belongs to the error recorded last. Returns code. */
int dsv_hint(int code, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/** The recorded message or "", the recorded hint or NULL; lent until the
 * next failure of this thread. */
const char *dsv_error_message(void);
const char *dsv_error_hint(void);
void dsv_error_clear(void);

/**
 * Ask everything that runs to stop; safe in a signal handler.
 * Long loops poll dsv_cancelled(), which records DSV_ECANCELLED and returns
 * it, or 0.
 */
void dsv_cancel(void);
int dsv_cancelled(void);

/** Remove the temporary files and locks that this process has not put in
 * place, as before it ends at once; safe in a signal handler. */
void dsv_undo_all(void);

#endif
