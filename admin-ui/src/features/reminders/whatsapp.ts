/** The link that opens WhatsApp with somebody and a text ready to send. Pure. */

/** `phone` is E.164; nothing is sent until the person presses send there. */
export const whatsappLink = (phone: string, text: string): string =>
  `https://wa.me/${phone.replace(/\D/g, '')}?text=${encodeURIComponent(text)}`;
