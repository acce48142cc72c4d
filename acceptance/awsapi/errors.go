package awsapi

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/smithy-go"

	"eksnet/acceptance/account"
)

// The codes of errors, by cause (docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html, and the API
// references of the other services).
var (
	deniedCodes = []string{"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "UnauthorizedException", "NotAuthorized", "Forbidden"}
	loginCodes  = []string{"ExpiredToken", "ExpiredTokenException", "RequestExpired", "InvalidClientTokenId", "UnrecognizedClientException", "AuthFailure",
		"SignatureDoesNotMatch", "InvalidSignatureException", "InvalidAccessKeyId", "OptInRequired", "MissingAuthenticationToken"}
	blockedCodes = []string{"DependencyViolation", "DeleteConflict", "ResourceInUse", "ResourceInUseException", "HostedZoneNotEmpty", "VolumeInUse",
		"ScalingActivityInProgress", "ScalingActivityInProgressFault", "IncorrectState", "OperationAborted", "OperationAbortedException", "PriorRequestNotComplete", "Conflict",
		"InvalidSnapshot.InUse", "InvalidIPAddress.InUse", "InvalidNetworkInterface.InUse", "InvalidGroup.InUse", "InvalidParameterValue.InUse"}
	goneCodes = []string{"NoSuchEntity", "ResourceNotFoundException", "NotFoundException", "LoadBalancerNotFound", "TargetGroupNotFound", "AccessPointNotFound", "NoSuchHostedZone", "NoSuchResourceException",
		"NotFound", "NoSuchBucket", "NoSuchBucketPolicy", "TrustStoreNotFound", "WAFNonexistentItemException", "ServerSideEncryptionConfigurationNotFoundError"}
)

// inUse is how EC2 refuses to release an address that a NAT gateway or a load balancer uses, with the code AuthFailure
// (github.com/kubernetes/kops/issues/938).
const inUse = "You do not have permission to access the specified resource"

// causeOf returns the cause that a code has.
func causeOf(code, message string) account.Cause {
	switch {
	case code == "AuthFailure" && strings.Contains(message, inUse), code == "OperationNotPermitted":
		return account.Blocked
	case slices.Contains(goneCodes, code), strings.HasSuffix(code, ".NotFound"), strings.HasSuffix(code, "NotFoundException"):
		return account.Gone
	case slices.Contains(deniedCodes, code):
		return account.Denied
	case slices.Contains(loginCodes, code):
		return account.Unauthenticated
	case slices.Contains(blockedCodes, code), strings.HasSuffix(code, ".InUse"), strings.Contains(message, "currently in use"):
		return account.Blocked
	}
	return account.Other
}

// explain returns the error of a call with its cause, nil for none.
func explain(call string, err error) error {
	if err == nil {
		return nil
	}
	failed := &account.Error{Call: call, Err: err}
	var answer smithy.APIError
	var exhausted *retry.MaxAttemptsError
	switch {
	case errors.As(err, &answer):
		failed.Cause = causeOf(answer.ErrorCode(), answer.ErrorMessage())
		failed.Err = fmt.Errorf("%s: %s", answer.ErrorCode(), strings.TrimSuffix(strings.TrimSpace(answer.ErrorMessage()), "."))
	case strings.Contains(err.Error(), "failed to refresh cached credentials"), strings.Contains(err.Error(), "get credentials"),
		strings.Contains(err.Error(), "no EC2 IMDS role found"):
		failed.Cause = account.Unauthenticated
		failed.Err = errors.New("no credentials: set AWS_PROFILE, or run aws sso login or aws configure")
	case errors.As(err, &exhausted):
		failed.Err = exhausted.Err
	}
	return failed
}

// missing returns the error of a call that lists no resource of an ID.
func missing(call, id string) error {
	return &account.Error{Cause: account.Gone, Call: call, Err: fmt.Errorf("%s does not exist", id)}
}

// explainPart returns the error of a call that deletes a part of a resource, nil if the part no longer exists.
func explainPart(call string, err error) error {
	if failed := explain(call, err); account.CauseOf(failed) != account.Gone {
		return failed
	}
	return nil
}
