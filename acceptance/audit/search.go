package audit

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"eksnet/acceptance/account"
	"eksnet/internal/leftover"
)

// searched is what services list for a scope.
type searched struct {
	Scope
	candidates []string
	resources  []leftover.Resource
	// exists has the VPCs of the region, and own those of the stack.
	exists map[string]bool
	own    []string
	// rival is a resource of another cluster that has the name of the stack's, "" for none.
	rival string
}

// search lists the resources that may belong to a scope.
func search(ctx context.Context, a account.Account, scope Scope) (*searched, error) {
	s := &searched{Scope: scope, exists: map[string]bool{}}
	vpcs, err := a.VPCs(ctx)
	if err != nil {
		return nil, err
	}
	for _, vpc := range vpcs {
		s.exists[vpc.ID] = true
		if vpc.Tags[leftover.StackTag] == scope.Stack {
			s.own = append(s.own, vpc.ID)
		}
	}
	for _, tag := range scope.Tags("") {
		found, err := a.Tagged(ctx, tag)
		if err != nil {
			return nil, err
		}
		s.candidates = append(s.candidates, found...)
	}
	slices.Sort(s.candidates)
	s.candidates = slices.Compact(s.candidates)
	query := account.Query{Subject: scope.Subject, VPCs: s.own, Domains: scope.Domains, Candidates: s.candidates}
	for _, service := range a.Services() {
		found, err := service.List(ctx, query)
		if err != nil {
			return nil, err
		}
		s.resources = append(s.resources, found...)
	}
	s.rival = s.findRival(vpcs)
	return s, nil
}

// isOwnVPC reports whether a VPC has the stack's tag.
func (s *searched) isOwnVPC(id string) bool { return slices.Contains(s.own, id) }

// isOwn reports whether a resource has the stack's tag.
func (s *searched) isOwn(r leftover.Resource) bool { return r.Tags[leftover.StackTag] == s.Stack }

// keyOf returns the key by which a resource belongs to the stack.
func (s *searched) keyOf(r leftover.Resource) (leftover.Key, bool) {
	key, found := s.Match(r)
	switch {
	case found && key.Inside && !s.isOwnVPC(r.VPC):
		return leftover.Key{}, false
	case found && s.isTaggedByAnother(r):
		return leftover.Key{}, false
	case !found && r.Type == leftover.RecordType && slices.Contains(s.Names, r.Name) && s.ownsZone(r.Fields["zone"]):
		return leftover.Keys[slices.IndexFunc(leftover.Keys, func(k leftover.Key) bool { return k.Tag == leftover.StackTag })], true
	}
	return key, found
}

// isTaggedByAnother reports whether a resource has the tag of another stack. Its other keys are then those of a cluster
// of the same name.
func (s *searched) isTaggedByAnother(r leftover.Resource) bool {
	stack, tagged := r.Tags[leftover.StackTag]
	return tagged && stack != s.Stack
}

// ownsZone reports whether a hosted zone has the stack's tag.
func (s *searched) ownsZone(id string) bool {
	return slices.ContainsFunc(s.resources, func(r leftover.Resource) bool {
		return r.Type == leftover.HostedZoneType && r.ID == id && s.isOwn(r)
	})
}

// relates reports whether a resource without a key prevents the deletion of the stack's, or may be one of them.
func (s *searched) relates(r leftover.Resource) bool {
	switch {
	case s.isTaggedByAnother(r):
		return s.isOwnVPC(r.VPC)
	case r.Type == leftover.RecordType:
		return slices.Contains(s.Names, r.Name) || s.ownsZone(r.Fields["zone"])
	}
	return s.isOwnVPC(r.VPC) || r.Relation != ""
}

// findRival returns a resource which shows that another cluster has, or had, the name of the stack's: it is tagged as
// that cluster's in another VPC, or it is an EKS cluster of another stack.
func (s *searched) findRival(vpcs []leftover.Resource) string {
	tag := "kubernetes.io/cluster/" + s.Cluster
	for _, r := range slices.Concat(vpcs, s.resources) {
		key, found := s.Match(r)
		_, clustered := r.Tags[tag]
		named := found && key.NamesCluster() || clustered
		switch {
		case r.Type == leftover.ClusterType && r.Name == s.Cluster && !s.isOwn(r):
			return fmt.Sprintf("cluster %s, which does not have the tag %s=%s", r.ID, leftover.StackTag, s.Stack)
		case named && r.VPC != "" && !s.isOwnVPC(r.VPC) && s.exists[r.VPC]:
			return fmt.Sprintf("%s in %s, which is not a VPC of the stack", r.ID, r.VPC)
		case named && s.isTaggedByAnother(r):
			return fmt.Sprintf("%s of stack %s", r.ID, r.Tags[leftover.StackTag])
		}
	}
	return ""
}

// unconfirmed divides the candidates that no service lists: those that ended, and those of services that are not read.
func (s *searched) unconfirmed(services []account.Service) (ended, unknown []string) {
	for _, arn := range s.candidates {
		if slices.ContainsFunc(s.resources, func(r leftover.Resource) bool {
			return r.ARN != "" && (r.ARN == arn || strings.HasSuffix(arn, ":"+r.ARN))
		}) {
			continue
		}
		if isRead(arn, services) {
			ended = append(ended, arn)
		} else {
			unknown = append(unknown, arn)
		}
	}
	return ended, unknown
}
