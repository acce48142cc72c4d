// Package schema has the JSON schema of stack files.
package schema

import _ "embed"

// Text is the schema (draft 2020-12, json-schema.org). A test of package config writes it.
//
//go:embed stack-file.json
var Text []byte
