/// What a mail port shows of its transport security, and what that means: certificates, versions,
/// DANE and MTA-STS against what is really served. Pure.
///
/// Not in `dns`, since it needs no record to judge a certificate; not in `verdict`, which judges
/// paths. It knows `dns` for the records that say which certificate should be there.
@NullMarked
package io.mailcanary.transport;

import org.jspecify.annotations.NullMarked;
