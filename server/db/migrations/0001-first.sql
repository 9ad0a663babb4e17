-- SPDX-License-Identifier: GPL-3.0-or-later
-- Each statement ends with a semicolon at the end of a line, and can be run again after a crash between it and the note that it has run.

CREATE TABLE IF NOT EXISTS `org` (
  `one` TINYINT NOT NULL PRIMARY KEY,
  `server_id` BINARY(16) NOT NULL,
  `epoch` BINARY(16) NOT NULL,
  `head` BIGINT NOT NULL,
  `durable` BIGINT NOT NULL,
  `secret` BINARY(32) NOT NULL,
  `is_sample` TINYINT NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS `commit_log` (
  `seq` BIGINT NOT NULL PRIMARY KEY,
  `nonce` BINARY(16) NOT NULL,
  `at` BIGINT NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS `commit_scope` (
  `seq` BIGINT NOT NULL,
  `scope_id` BINARY(16) NOT NULL,
  PRIMARY KEY (`seq`, `scope_id`),
  KEY `by_scope` (`scope_id`, `seq`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS `tombstone` (
  `scope_id` BINARY(16) NOT NULL,
  `rev` BIGINT NOT NULL,
  `id` BINARY(16) NOT NULL,
  `entity` VARCHAR(16) NOT NULL,
  `kind` VARCHAR(8) NOT NULL,
  PRIMARY KEY (`scope_id`, `rev`, `id`),
  KEY `by_id` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS `grants` (
  `user_id` BINARY(16) NOT NULL,
  `scope_id` BINARY(16) NOT NULL,
  `since_seq` BIGINT NOT NULL,
  `until_seq` BIGINT NULL,
  PRIMARY KEY (`user_id`, `scope_id`, `since_seq`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS `credential` (
  `user_id` BINARY(16) NOT NULL PRIMARY KEY,
  `password_hash` VARCHAR(256) NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS `device` (
  `id` BINARY(16) NOT NULL PRIMARY KEY,
  `user_id` BINARY(16) NOT NULL,
  `name` VARCHAR(200) NOT NULL,
  `created_at` BIGINT NOT NULL,
  `seen_at` BIGINT NOT NULL,
  KEY `by_user` (`user_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS `session` (
  `token_hash` BINARY(32) NOT NULL PRIMARY KEY,
  `user_id` BINARY(16) NOT NULL,
  `device_id` BINARY(16) NOT NULL,
  `created_at` BIGINT NOT NULL,
  `expires_at` BIGINT NOT NULL,
  `seen_at` BIGINT NOT NULL,
  `ended_at` BIGINT NULL,
  KEY `by_user` (`user_id`),
  KEY `by_expiry` (`expires_at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS `client` (
  `id` BINARY(16) NOT NULL PRIMARY KEY,
  `user_id` BINARY(16) NOT NULL,
  `device_id` BINARY(16) NOT NULL,
  `last_mid` BIGINT NOT NULL,
  `acked_mid` BIGINT NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS `mutation_result` (
  `client_id` BINARY(16) NOT NULL,
  `mid` BIGINT NOT NULL,
  `content_hash` BINARY(32) NOT NULL,
  `result` MEDIUMTEXT NOT NULL,
  `origin_client_id` BINARY(16) NULL,
  `origin_mid` BIGINT NULL,
  PRIMARY KEY (`client_id`, `mid`),
  KEY `by_origin` (`origin_client_id`, `origin_mid`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS `history` (
  `row_id` BINARY(16) NOT NULL,
  `seq` BIGINT NOT NULL,
  `field` VARCHAR(64) NOT NULL,
  `entity` VARCHAR(16) NOT NULL,
  `lead_id` BINARY(16) NULL,
  `before` MEDIUMTEXT NULL,
  `after` MEDIUMTEXT NULL,
  `author_id` BINARY(16) NULL,
  `device_id` BINARY(16) NULL,
  `at` BIGINT NOT NULL,
  PRIMARY KEY (`row_id`, `seq`, `field`),
  KEY `by_lead` (`lead_id`, `seq`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS `user` (
  `id` BINARY(16) NOT NULL PRIMARY KEY,
  `rev` BIGINT NOT NULL,
  `scope_id` BINARY(16) NOT NULL,
  `name` VARCHAR(200) NOT NULL,
  `email` VARCHAR(254) NOT NULL,
  `phone` VARCHAR(32) NULL,
  `role` VARCHAR(16) NOT NULL,
  `manager_id` BINARY(16) NULL,
  `time_zone` VARCHAR(64) NOT NULL,
  `work_days` INT NOT NULL,
  `active` INT NOT NULL,
  `email_key` VARCHAR(254) GENERATED ALWAYS AS (LOWER(`email`)) STORED,
  KEY `feed` (`scope_id`, `rev`),
  UNIQUE KEY `by_email` (`email_key`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS `leave` (
  `id` BINARY(16) NOT NULL PRIMARY KEY,
  `rev` BIGINT NOT NULL,
  `scope_id` BINARY(16) NOT NULL,
  `user_id` BINARY(16) NOT NULL,
  `from_on` VARCHAR(10) NOT NULL,
  `to_on` VARCHAR(10) NOT NULL,
  `cover_id` BINARY(16) NULL,
  KEY `feed` (`scope_id`, `rev`),
  KEY `by_user` (`user_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS `lead` (
  `id` BINARY(16) NOT NULL PRIMARY KEY,
  `rev` BIGINT NOT NULL,
  `scope_id` BINARY(16) NOT NULL,
  `name` VARCHAR(200) NOT NULL,
  `address` VARCHAR(500) NULL,
  `city` VARCHAR(100) NULL,
  `state` VARCHAR(100) NULL,
  `country` VARCHAR(2) NULL,
  `postcode` VARCHAR(20) NULL,
  `phone` VARCHAR(32) NULL,
  `email` VARCHAR(254) NULL,
  `status` VARCHAR(16) NOT NULL,
  `status_reason` VARCHAR(500) NULL,
  `kam_id` BINARY(16) NOT NULL,
  `tier` VARCHAR(16) NULL,
  `call_interval_days` INT NULL,
  `call_time` VARCHAR(5) NULL,
  `time_zone` VARCHAR(64) NOT NULL,
  `open_days` INT NULL,
  `parent_id` BINARY(16) NULL,
  `merged_into_id` BINARY(16) NULL,
  `tags` TEXT NULL,
  `notes` MEDIUMTEXT NULL,
  `allocated_at` BIGINT NULL,
  `delete_id` BINARY(16) NULL,
  KEY `feed` (`scope_id`, `rev`),
  KEY `by_kam` (`kam_id`),
  KEY `by_parent` (`parent_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS `lead_event` (
  `id` BINARY(16) NOT NULL PRIMARY KEY,
  `rev` BIGINT NOT NULL,
  `scope_id` BINARY(16) NOT NULL,
  `lead_id` BINARY(16) NOT NULL,
  `kind` VARCHAR(16) NOT NULL,
  `from` VARCHAR(200) NULL,
  `to` VARCHAR(200) NULL,
  `reason` VARCHAR(500) NULL,
  `author_id` BINARY(16) NULL,
  `at` BIGINT NOT NULL,
  `delete_id` BINARY(16) NULL,
  KEY `feed` (`scope_id`, `rev`),
  KEY `by_lead` (`lead_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS `contact` (
  `id` BINARY(16) NOT NULL PRIMARY KEY,
  `rev` BIGINT NOT NULL,
  `scope_id` BINARY(16) NOT NULL,
  `lead_id` BINARY(16) NOT NULL,
  `name` VARCHAR(200) NOT NULL,
  `role` VARCHAR(100) NULL,
  `phone` VARCHAR(32) NULL,
  `email` VARCHAR(254) NULL,
  `reports_to_id` BINARY(16) NULL,
  `influence` VARCHAR(16) NULL,
  `is_primary` INT NULL,
  `preferred_time` VARCHAR(5) NULL,
  `language` VARCHAR(35) NULL,
  `notify` INT NULL,
  `left_on` VARCHAR(10) NULL,
  `notes` MEDIUMTEXT NULL,
  `delete_id` BINARY(16) NULL,
  KEY `feed` (`scope_id`, `rev`),
  KEY `by_lead` (`lead_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS `interaction` (
  `id` BINARY(16) NOT NULL PRIMARY KEY,
  `rev` BIGINT NOT NULL,
  `scope_id` BINARY(16) NOT NULL,
  `lead_id` BINARY(16) NOT NULL,
  `contact_id` BINARY(16) NULL,
  `author_id` BINARY(16) NULL,
  `kind` VARCHAR(16) NOT NULL,
  `state` VARCHAR(16) NOT NULL,
  `starts_at` BIGINT NULL,
  `local_date` VARCHAR(10) NULL,
  `local_time` VARCHAR(5) NULL,
  `time_zone` VARCHAR(64) NULL,
  `dated_by` VARCHAR(16) NULL,
  `plan_id` BINARY(16) NULL,
  `anchor_id` BINARY(16) NULL,
  `cancelled_by` BINARY(16) NULL,
  `duration_min` INT NULL,
  `outcome` VARCHAR(16) NULL,
  `summary` TEXT NULL,
  `follow_up_on` VARCHAR(10) NULL,
  `follow_up_done` INT NULL,
  `order_value` BIGINT NULL,
  `currency` VARCHAR(3) NULL,
  `order_reference` VARCHAR(100) NULL,
  `origin` VARCHAR(16) NULL,
  `delete_id` BINARY(16) NULL,
  KEY `feed` (`scope_id`, `rev`),
  KEY `by_lead` (`lead_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS `conflict` (
  `id` BINARY(16) NOT NULL PRIMARY KEY,
  `rev` BIGINT NOT NULL,
  `scope_id` BINARY(16) NOT NULL,
  `lead_id` BINARY(16) NULL,
  `target_entity` VARCHAR(32) NOT NULL,
  `target_id` BINARY(16) NOT NULL,
  `field` VARCHAR(64) NOT NULL,
  `base` MEDIUMTEXT NULL,
  `theirs` MEDIUMTEXT NULL,
  `mine` MEDIUMTEXT NULL,
  `author_id` BINARY(16) NULL,
  `at` BIGINT NOT NULL,
  KEY `feed` (`scope_id`, `rev`),
  KEY `by_lead` (`lead_id`),
  KEY `by_target` (`target_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
