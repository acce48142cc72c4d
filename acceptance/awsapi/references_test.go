package awsapi_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/wafv2"
	waf "github.com/aws/aws-sdk-go-v2/service/wafv2/types"

	"eksnet/acceptance/account"
	"eksnet/acceptance/awsapi"
	"eksnet/acceptance/check"
	"eksnet/acceptance/mototest"
	"eksnet/config"
)

const (
	trustStore = "arn:aws:elasticloadbalancing:ap-northeast-2:111122223333:truststore/clients/0123456789abcdef"
	ipamPool   = "ipam-pool-0123456789abcdef0"
)

// supplement returns the URL of an endpoint with what moto lacks: one IPAM pool and one trust store, in the form of the
// examples of docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeIpamPools.html and
// docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeTrustStores.html.
func supplement(t *testing.T, endpoint string) string {
	t.Helper()
	target, err := url.Parse(endpoint)
	if err != nil {
		t.Fatal(err)
	}
	forward := httputil.NewSingleHostReverseProxy(target)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		call, _ := url.ParseQuery(string(body))
		switch call.Get("Action") {
		case "DescribeIpamPools":
			if call.Get("IpamPoolId.1") != ipamPool {
				w.WriteHeader(http.StatusBadRequest)
				fmt.Fprint(w, `<Response><Errors><Error><Code>InvalidIpamPoolId.NotFound</Code><Message>The ipam-pool ID does not exist</Message></Error></Errors></Response>`)
				return
			}
			fmt.Fprintf(w, `<DescribeIpamPoolsResponse><ipamPoolSet><item><ipamPoolId>%s</ipamPoolId><locale>ap-northeast-2</locale><addressFamily>ipv4</addressFamily><state>create-complete</state></item></ipamPoolSet></DescribeIpamPoolsResponse>`, ipamPool)
		case "DescribeTrustStores":
			if call.Get("TrustStoreArns.member.1") != trustStore {
				w.WriteHeader(http.StatusBadRequest)
				fmt.Fprint(w, `<ErrorResponse><Error><Type>Sender</Type><Code>TrustStoreNotFound</Code><Message>The specified trust store does not exist</Message></Error></ErrorResponse>`)
				return
			}
			fmt.Fprintf(w, `<DescribeTrustStoresResponse><DescribeTrustStoresResult><TrustStores><member><Name>clients</Name><Status>ACTIVE</Status><TrustStoreArn>%s</TrustStoreArn></member></TrustStores></DescribeTrustStoresResult></DescribeTrustStoresResponse>`, trustStore)
		default:
			forward.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// createKeyPair creates a key pair, and names it in all node groups of a stack.
func createKeyPair(t *testing.T, c aws.Config, spec *config.Stack) {
	t.Helper()
	if _, err := ec2.NewFromConfig(c).CreateKeyPair(t.Context(), &ec2.CreateKeyPairInput{KeyName: aws.String("operators")}); err != nil {
		t.Fatal(err)
	}
	for name, group := range spec.NodeGroups {
		group.KeyName = "operators"
		spec.NodeGroups[name] = group
	}
}

// createPrefixList creates a prefix list with a maximum of entries, and returns its ID.
func createPrefixList(t *testing.T, c aws.Config, entries int32) string {
	t.Helper()
	created, err := ec2.NewFromConfig(c).CreateManagedPrefixList(t.Context(), &ec2.CreateManagedPrefixListInput{
		PrefixListName: aws.String("offices"), AddressFamily: aws.String("IPv4"), MaxEntries: &entries})
	if err != nil {
		t.Fatal(err)
	}
	return aws.ToString(created.PrefixList.PrefixListId)
}

// createWebACL creates a web ACL, and returns its ARN.
func createWebACL(t *testing.T, c aws.Config) string {
	t.Helper()
	created, err := wafv2.NewFromConfig(c).CreateWebACL(t.Context(), &wafv2.CreateWebACLInput{Name: aws.String("filter"), Scope: waf.ScopeRegional,
		DefaultAction:    &waf.DefaultAction{Allow: &waf.AllowAction{}},
		VisibilityConfig: &waf.VisibilityConfig{MetricName: aws.String("filter")}})
	if err != nil {
		t.Fatal(err)
	}
	return aws.ToString(created.Summary.ARN)
}

func TestWhatAStackFileNamesIsReadAsItIs(t *testing.T) {
	c := mototest.Config(supplement(t, mototest.Start(t, mototest.Account)), mototest.Region)
	a := awsapi.New(c)
	if exists, err := a.HasKeyPair(t.Context(), "operators"); exists || err != nil {
		t.Errorf("a key pair that does not exist: %t, %v", exists, err)
	}
	createKeyPair(t, c, &config.Stack{})
	if exists, err := a.HasKeyPair(t.Context(), "operators"); !exists || err != nil {
		t.Errorf("a key pair: %t, %v", exists, err)
	}
	if got, err := a.PrefixList(t.Context(), createPrefixList(t, c, 20)); err != nil || got != (check.PrefixList{Name: "offices", MaxEntries: 20}) {
		t.Errorf("%+v, %v", got, err)
	}
	arn := createWebACL(t, c)
	if got, err := a.WebACL(t.Context(), arn); err != nil || got != "filter" {
		t.Errorf("%s, %v", got, err)
	}
	if got, err := a.TrustStore(t.Context(), trustStore); err != nil || got != (check.TrustStore{Name: "clients", Status: "ACTIVE"}) {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err := a.IPAMPool(t.Context(), ipamPool); err != nil || got != (check.IPAMPool{Locale: "ap-northeast-2", Family: "ipv4", State: "create-complete"}) {
		t.Errorf("%+v, %v", got, err)
	}
	for name, lookup := range map[string]func() error{
		"prefix list": func() error { _, err := a.PrefixList(t.Context(), "pl-0123456789abcdef9"); return err },
		"web ACL":     func() error { _, err := a.WebACL(t.Context(), arn[:len(arn)-4]+"0000"); return err },
		"trust store": func() error { _, err := a.TrustStore(t.Context(), trustStore[:len(trustStore)-4]+"0000"); return err },
		"IPAM pool":   func() error { _, err := a.IPAMPool(t.Context(), "ipam-pool-00000000"); return err },
	} {
		if err := lookup(); account.CauseOf(err) != account.Gone {
			t.Errorf("a %s that does not exist: %v", name, err)
		}
	}
}
