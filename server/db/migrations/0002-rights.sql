-- SPDX-License-Identifier: GPL-3.0-or-later

-- Sessions that were ended from elsewhere: all their device may still do is hand in what it has not sent.
CREATE TABLE IF NOT EXISTS `session_revocation` (
  `token_hash` BINARY(32) NOT NULL PRIMARY KEY,
  `at` BIGINT NOT NULL,
  `by_id` BINARY(16) NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- What such devices have handed in, one for each of their outboxes, until an administrator decides.
CREATE TABLE IF NOT EXISTS `quarantine` (
  `id` BINARY(16) NOT NULL PRIMARY KEY,
  `client_id` BINARY(16) NOT NULL,
  `user_id` BINARY(16) NOT NULL,
  `device_id` BINARY(16) NOT NULL,
  `schema_version` INT NOT NULL,
  `created_at` BIGINT NOT NULL,
  `is_complete` TINYINT NOT NULL,
  `tries` INT NOT NULL,
  UNIQUE KEY `by_client` (`client_id`),
  KEY `by_user` (`user_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS `quarantine_mutation` (
  `quarantine_id` BINARY(16) NOT NULL,
  `mid` BIGINT NOT NULL,
  `content` MEDIUMTEXT NOT NULL,
  `result` MEDIUMTEXT NULL,
  PRIMARY KEY (`quarantine_id`, `mid`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Grants that somebody has only while they cover for somebody else: they end by themselves at this instant, whether or not a commit has noted it yet.
CREATE TABLE IF NOT EXISTS `grant_end` (
  `user_id` BINARY(16) NOT NULL,
  `scope_id` BINARY(16) NOT NULL,
  `ends_at` BIGINT NOT NULL,
  PRIMARY KEY (`user_id`, `scope_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
