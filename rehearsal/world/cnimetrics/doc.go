// Package cnimetrics simulates the CNI metrics helper.
package cnimetrics
