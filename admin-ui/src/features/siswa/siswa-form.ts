/** The form of a siswa: empty, or as the siswa is now. */
import type { SiswaDetail, SiswaForm } from '$lib/api/types';

export const emptySiswa = (): SiswaForm => ({
  name: '',
  tingkat_id: null,
  segmentasi_id: null,
  office_id: null,
  parent_name: '',
  parent_phone: '',
  parent_relation: '',
  email: null,
  address: null,
  lat: null,
  long: null
});

export const formOf = (siswa: SiswaDetail): SiswaForm => ({
  name: siswa.name,
  tingkat_id: siswa.tingkat.id,
  segmentasi_id: siswa.segmentasi.id,
  office_id: siswa.office.id,
  parent_name: siswa.parent_name,
  parent_phone: siswa.parent_phone,
  parent_relation: siswa.parent_relation,
  email: siswa.email,
  address: siswa.address,
  lat: siswa.lat,
  long: siswa.long
});
