/// Checks whether a message that arrived is what it says: SPF and DKIM with libraries, DMARC from
/// both. DNS is asked through a port; whoever calls pays for it on a thread of his own.
@NullMarked
package io.mailcanary.authentication;

import org.jspecify.annotations.NullMarked;
