// Package cleanup finds what remains in the account, and the commands that remove it.
package cleanup
