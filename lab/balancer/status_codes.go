package balancer

import (
	"strconv"
	"strings"
)

// defaultCodes are the accepted status codes of a health check without Codes
// (docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Matcher.html).
var defaultCodes = map[string]string{Classic: "200", Network: "200-399", Application: "200"}

// acceptsStatus reports whether a status code is one of codes, such as 200-399 or 200,302.
func acceptsStatus(codes string, status int) bool {
	for part := range strings.SplitSeq(codes, ",") {
		first, last, isRange := strings.Cut(strings.TrimSpace(part), "-")
		if !isRange {
			last = first
		}
		least, err := strconv.Atoi(first)
		most, err2 := strconv.Atoi(last)
		if err == nil && err2 == nil && least <= status && status <= most {
			return true
		}
	}
	return false
}
