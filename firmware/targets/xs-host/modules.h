/* ES modules from disk: own files by relative path, packages from node_modules. */
#ifndef LATCHKEY_MODULES_H
#define LATCHKEY_MODULES_H

/* Imports a module by its path from the working directory, runs what it starts, and returns the slot of its namespace, or NULL. */
void *latchkeyImport(void *machine, char *path);

/* Runs promise jobs until none is left. */
void latchkeyRunJobs(void *machine);

#endif
