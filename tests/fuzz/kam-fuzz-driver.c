/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-fuzz.h"

#include <stdlib.h>

static int
compare_names (gconstpointer a,
               gconstpointer b)
{
  return g_strcmp0 (*(const char *const *) a, *(const char *const *) b);
}

static GPtrArray *
list_files (const char *folder)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) dir = g_dir_open (folder, 0, &error);
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  const char *name = NULL;

  g_assert_no_error (error);

  while ((name = g_dir_read_name (dir)) != NULL)
    g_ptr_array_add (names, g_strdup (name));

  g_ptr_array_sort (names, compare_names);

  return names;
}

/* Runs the target on each file of the folder given; a fault ends the program. Prints TAP. */
int
main (int   argc,
      char *argv[])
{
  g_autoptr (GPtrArray) names = NULL;

  if (argc != 2)
    {
      g_printerr ("Usage: %s CORPUS\n", argv[0]);
      return EXIT_FAILURE;
    }

  names = list_files (argv[1]);
  g_assert_cmpuint (names->len, >, 0);
  g_print ("1..%u\n", names->len);

  for (guint i = 0; i < names->len; i++)
    {
      const char *name = g_ptr_array_index (names, i);
      g_autofree char *path = g_build_filename (argv[1], name, NULL);
      g_autofree char *text = NULL;
      g_autofree guint8 *data = NULL;
      g_autoptr (GError) error = NULL;
      gsize size = 0;

      g_file_get_contents (path, &text, &size, &error);
      g_assert_no_error (error);
      data = g_memdup2 (text, size); /* without the NUL that the file function adds, so that a step too far is found */
      LLVMFuzzerTestOneInput (data, size);
      g_print ("ok %u - %s\n", i + 1, name);
    }

  return EXIT_SUCCESS;
}
