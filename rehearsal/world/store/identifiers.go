package store

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
)

// NewID returns an identifier in the form of AWS: a prefix and 17 hexadecimal digits.
func (w *Account) NewID(prefix string) string {
	w.Sequence++
	sum := sha256.Sum256(fmt.Appendf(nil, "%s/%s/%d", w.Options.Account, prefix, w.Sequence))
	return prefix + "0" + hex.EncodeToString(sum[:])[:16]
}

// ARN returns the ARN of a resource in the call's region and account.
func (w *Account) ARN(service, resource string) string {
	return fmt.Sprintf("arn:%s:%s:%s:%s:%s", w.Partition().ID, service, w.Region, w.Options.Account, resource)
}

// GlobalARN returns the ARN of a resource of a service without regions, such as IAM.
func (w *Account) GlobalARN(service, resource string) string {
	return fmt.Sprintf("arn:%s:%s::%s:%s", w.Partition().ID, service, w.Options.Account, resource)
}

// Next returns the next number of a sequence, for addresses and names that AWS would generate.
func (w *Account) Next() int {
	w.Sequence++
	return w.Sequence
}

// LastOf returns what follows the last separator: the name in an ARN.
func LastOf(text, separator string) string {
	return text[strings.LastIndex(text, separator)+len(separator):]
}
