/// What registries say of domains, by RDAP (RFC 9082, RFC 9083).
@NullMarked
package io.mailcanary.registry;

import org.jspecify.annotations.NullMarked;
