package sweep

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"eksnet/acceptance/account"
)

// Target is what a sweep is asked to delete, and what the stack file and STS report.
type Target struct {
	Stack, Cluster string
	// Account and Region are those of the command line, FileRegion and FileAccounts those of the stack file.
	Account, Region, FileRegion string
	FileAccounts                []string
	// Denied are accounts that are never swept.
	Denied   []string
	Identity account.Identity
}

// production finds names of production stacks: prod, production, prd or live as a word of the name.
var production = regexp.MustCompile(`(?i)(^|[^a-z])(prod|production|prd|live)([^a-z]|$)`)

// IsProduction reports whether a name is that of a production stack or cluster.
func IsProduction(name string) bool { return production.MatchString(name) }

// Check returns an error for a target that a sweep refuses.
func (t Target) Check() error {
	for _, named := range [][2]string{{"stack", t.Stack}, {"cluster", t.Cluster}} {
		if IsProduction(named[1]) {
			return fmt.Errorf("%s %s: its name is that of production, which a sweep refuses; use the commands that audit prints", named[0], named[1])
		}
	}
	switch {
	case t.Account == "":
		return fmt.Errorf("--account is missing: write the account that is swept; the credentials are those of account %s", t.Identity.Account)
	case t.Region == "":
		return fmt.Errorf("--region is missing: write the region that is swept; the stack file has %s", t.FileRegion)
	case t.Account != t.Identity.Account:
		return fmt.Errorf("--account %s: the credentials are those of account %s (%s); choose other credentials, such as with AWS_PROFILE", t.Account, t.Identity.Account, t.Identity.ARN)
	case t.Region != t.FileRegion:
		return fmt.Errorf("--region %s: aws:region of stack %s is %s", t.Region, t.Stack, t.FileRegion)
	case len(t.FileAccounts) > 0 && !slices.Contains(t.FileAccounts, t.Account):
		return fmt.Errorf("--account %s: aws:allowedAccountIds of stack %s accepts %s", t.Account, t.Stack, strings.Join(t.FileAccounts, ", "))
	case slices.Contains(t.Denied, t.Account):
		return fmt.Errorf("--account %s: the account is in the deny-list; nothing in it is deleted", t.Account)
	}
	return nil
}
