// Package custom simulates the API server for custom resources: the schemas of their definitions, and admission
// policies.
package custom
