package awsapi_test

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"eksnet/acceptance/account"
	"eksnet/acceptance/audit"
	"eksnet/acceptance/awsapi"
	"eksnet/acceptance/mototest"
	"eksnet/internal/leftover"
)

// manyVolumes is more than a page of the tagging API.
const manyVolumes = 130

func TestThrottledCallsAreRepeatedAndAllPagesAreRead(t *testing.T) {
	endpoint := mototest.Start(t, mototest.Account)
	client := ec2.NewFromConfig(mototest.Config(endpoint, mototest.Region))
	for range manyVolumes {
		_, err := client.CreateVolume(t.Context(), &ec2.CreateVolumeInput{AvailabilityZone: aws.String(mototest.Region + "a"), Size: aws.Int32(1),
			TagSpecifications: []types.TagSpecification{{ResourceType: types.ResourceTypeVolume, Tags: []types.Tag{{Key: aws.String(leftover.StackTag), Value: &mototest.Stack.Stack}}}}})
		if err != nil {
			t.Fatal(err)
		}
	}
	proxy, refused := throttle(t, endpoint)
	a := awsapi.New(mototest.Config(proxy, mototest.Region))
	arns, err := a.Tagged(t.Context(), leftover.Tag{Key: leftover.StackTag, Value: mototest.Stack.Stack})
	if err != nil || len(arns) != manyVolumes {
		t.Errorf("the tagging API lists %d ARNs: %v", len(arns), err)
	}
	report, err := audit.Run(t.Context(), a, scope)
	if err != nil {
		t.Fatal(err)
	}
	if len(report.Findings) != manyVolumes || refused.Load() < 20 {
		t.Errorf("%d findings after %d refused calls", len(report.Findings), refused.Load())
	}
}

// throttle returns the URL of a proxy that refuses every third request as EC2 does when there are too many, and how
// many it refused.
func throttle(t *testing.T, endpoint string) (string, *atomic.Int64) {
	t.Helper()
	target, err := url.Parse(endpoint)
	if err != nil {
		t.Fatal(err)
	}
	var requests, refused atomic.Int64
	forward := httputil.NewSingleHostReverseProxy(target)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if requests.Add(1)%3 != 0 {
			forward.ServeHTTP(w, r)
			return
		}
		refused.Add(1)
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = w.Write([]byte(`<Response><Errors><Error><Code>RequestLimitExceeded</Code><Message>Request limit exceeded.</Message></Error></Errors></Response>`))
	}))
	t.Cleanup(server.Close)
	return server.URL, &refused
}

// answer returns an account whose every call gets a status and a body.
func answer(t *testing.T, status int, body string) *awsapi.Account {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}))
	t.Cleanup(server.Close)
	return awsapi.New(mototest.Config(server.URL, mototest.Region))
}

func TestErrorsOfAWSHaveTheirCause(t *testing.T) {
	body := func(code string) string {
		return `<Response><Errors><Error><Code>` + code + `</Code><Message>text</Message></Error></Errors></Response>`
	}
	for code, want := range map[string]account.Cause{
		"UnauthorizedOperation": account.Denied, "RequestExpired": account.Unauthenticated, "AuthFailure": account.Unauthenticated, "OptInRequired": account.Unauthenticated,
		"DependencyViolation": account.Blocked, "InvalidVpcID.NotFound": account.Gone, "InvalidNetworkInterface.InUse": account.Blocked, "InternalFailure": account.Other,
	} {
		_, err := answer(t, http.StatusBadRequest, body(code)).VPCs(t.Context())
		if got := account.CauseOf(err); got != want || err == nil || err.Error() != "ec2:DescribeVpcs: "+code+": text" {
			t.Errorf("%s has cause %d, want %d: %v", code, got, want, err)
		}
	}
}

// EC2 has one code for credentials that it does not accept and for an address that is in use.
func TestAnAddressInUseIsNoFailureOfTheCredentials(t *testing.T) {
	body := `<Response><Errors><Error><Code>AuthFailure</Code><Message>You do not have permission to access the specified resource.</Message></Error></Errors></Response>`
	a := answer(t, http.StatusBadRequest, body)
	for _, service := range a.Services() {
		if slices.Contains(service.Types(), leftover.AddressType) {
			if err := service.Delete(t.Context(), leftover.Resource{Type: leftover.AddressType, ID: "eipalloc-1"}); account.CauseOf(err) != account.Blocked {
				t.Errorf("cause %d: %v", account.CauseOf(err), err)
			}
		}
	}
}

func TestMissingCredentialsAreOneClearLine(t *testing.T) {
	for _, name := range []string{"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"} {
		t.Setenv(name, "")
	}
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	t.Setenv("AWS_CONFIG_FILE", t.TempDir()+"/none")
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", t.TempDir()+"/none")
	a, err := awsapi.Open(t.Context(), account.Credentials{Region: mototest.Region})
	if err == nil {
		_, err = a.Identity(t.Context())
	}
	if want := "sts:GetCallerIdentity: no credentials: set AWS_PROFILE, or run aws sso login or aws configure"; account.CauseOf(err) != account.Unauthenticated || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}
