#ifndef DSV_VERSION_H
#define DSV_VERSION_H

/* Of the libraries that run, which need not be those of the build. */
const char *dsv_version_libgit2(void);
const char *dsv_version_zstd(void);

#endif
