#ifndef DSV_RELEASE_H
#define DSV_RELEASE_H

/* What `dsv version` prints and dsv.pc says; the Makefile reads it here. */
#define DSV_RELEASE "0.1.0"

#endif
