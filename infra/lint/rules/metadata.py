"""The metadata keys that Dapr's components know; what they do not know, daprd ignores without a word."""

from collections.abc import Iterator

from infra.lint.finding import Finding, finding
from infra.lint.manifests import Manifests

PUBSUB = "consumerID allowedTopics protectedTopics publishingScopes subscriptionScopes"
STATE = "keyPrefix actorStateStore outboxPublishPubsub outboxPublishTopic outboxPubsub outboxDiscardWhenMissingState"
ENCRYPTION = "primaryEncryptionKey secondaryEncryptionKey"
KNOWN = {
    ("pubsub.kafka", "v1"): f"""{PUBSUB}
        brokers consumerGroup clientID authType saslUsername saslPassword saslMechanism initialOffset maxMessageBytes
        oidcTokenEndpoint oidcClientID oidcClientSecret oidcScopes oidcExtensions disableTls skipVerify caCert
        clientCert clientKey consumeRetryEnabled consumeRetryInterval heartbeatInterval sessionTimeout version
        clientConnectionTopicMetadataRefreshInterval clientConnectionKeepAliveInterval channelBufferSize escapeHeaders
        consumerFetchMin consumerFetchDefault consumerGroupRebalanceStrategy compression schemaRegistryURL
        schemaRegistryAPIKey schemaRegistryAPISecret schemaCachingEnabled schemaLatestVersionCacheTTL useAvroJSON
        excludeHeaderMetaRegex
        region accessKey secretKey sessionToken assumeRoleArn sessionName
        awsRegion awsAccessKey awsSecretKey awsSessionToken awsIamRoleArn awsStsSessionName""",
    ("state.postgresql", "v2"): f"""{STATE} {ENCRYPTION}
        connectionString url host hostaddr port database user password sslRootCert tablePrefix metadataTableName timeout
        timeoutInSeconds cleanupInterval cleanupIntervalInSeconds connectionMaxIdleTime maxConns queryExecMode
        useAzureAD azureTenantId azureClientId azureClientSecret azureEnvironment useAWSIAM awsRegion
        awsAccessKey awsSecretKey""",
    ("secretstores.kubernetes", "v1"): "defaultNamespace kubeconfigPath",
    ("secretstores.local.file", "v1"): "secretsFile nestedSeparator multiValued",
}
"""By type and version: the metadata.yaml and the structs of github.com/dapr/components-contrib v1.16.0, and what daprd
v1.16.0 itself reads of any component of that kind."""


def unknown_key(manifests: Manifests) -> Iterator[Finding]:
    """A key with a typo, or of another version, leaves the default in force."""
    for component in manifests.dapr("Component"):
        kind = (component.at("spec", "type"), component.at("spec", "version", default="v1"))
        if kind not in KNOWN:
            continue
        known = {key.lower(): key for key in KNOWN[kind].split()}
        for key in component.metadata():
            if key.lower() not in known:
                yield finding(
                    component,
                    f"{kind[0]}/{kind[1]} knows no key {key}, and daprd ignores it",
                    f"take it away, or name one of {', '.join(sorted(known.values(), key=str.lower))}",
                )
