/** The form of a tutor: empty, or as the tutor is now. */
import type { TutorDetail, TutorForm } from '$lib/api/types';

export const emptyTutor = (): TutorForm => ({
  name: '',
  phone: '',
  email: null,
  golongan_id: null,
  office_id: null,
  address: null,
  lat: null,
  long: null,
  bio: null,
  contract_signed: false
});

export const formOf = (tutor: TutorDetail): TutorForm => ({
  name: tutor.name,
  phone: tutor.phone,
  email: tutor.email,
  golongan_id: tutor.golongan.id,
  office_id: tutor.office.id,
  address: tutor.address,
  lat: tutor.lat,
  long: tutor.long,
  bio: tutor.bio,
  contract_signed: tutor.contract_signed
});
