/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-failure.h"

static const struct
{
  guint       status;
  const char *code;
  KamFailure  failure;
} known[] = {
  { 401, "session_revoked", KAM_FAILURE_REVOKED },
  { 401, NULL, KAM_FAILURE_UNAUTHORIZED },
  { 408, NULL, KAM_FAILURE_SERVER },
  { 409, "client_forked", KAM_FAILURE_FORKED },
  { 409, "mid_gap", KAM_FAILURE_MID_GAP },
  { 410, "diverged", KAM_FAILURE_DIVERGED },
  { 410, "expired", KAM_FAILURE_EXPIRED },
  { 413, NULL, KAM_FAILURE_TOO_LARGE },
  { 429, NULL, KAM_FAILURE_SERVER },
};

/**
 * kam_failure_classify:
 * @trouble: what happened where there is no status
 * @status: HTTP status, 0 where there is none
 * @code: (nullable): code of the problem document; NULL where the answer was none, so perhaps not from a Kam server at all
 *
 * Returns: what the failed request means
 */
KamFailure
kam_failure_classify (KamTrouble  trouble,
                      guint       status,
                      const char *code)
{
  if (trouble == KAM_TROUBLE_CERTIFICATE)
    return KAM_FAILURE_CERTIFICATE;

  if (trouble == KAM_TROUBLE_GARBLED)
    return KAM_FAILURE_GARBLED;

  if (trouble == KAM_TROUBLE_NETWORK || status == 0)
    return KAM_FAILURE_NETWORK;

  if (g_strcmp0 (code, "too_old") == 0)
    return KAM_FAILURE_TOO_OLD;

  if (g_strcmp0 (code, "too_new") == 0)
    return KAM_FAILURE_TOO_NEW;

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    {
      if (known[i].status == status && (known[i].code == NULL || g_strcmp0 (known[i].code, code) == 0))
        return known[i].failure;
    }

  if (status >= 500)
    return KAM_FAILURE_SERVER;

  /* A redirect, or a page in the place of an answer: some portal or proxy stands between. */
  if (status < 400 || code == NULL)
    return KAM_FAILURE_GARBLED;

  return KAM_FAILURE_REFUSED;
}
